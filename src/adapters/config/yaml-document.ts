import { Composer, type CST, type Document, LineCounter, type ParsedNode, Parser } from 'yaml';
import { isTooDeep } from './yaml-depth.ts';

/** A problem of a text, and where in it. */
export interface Finding {
  /** Index of the character. */
  readonly offset: number;
  readonly text: string;
}

/** A YAML document, if the text is one, and what is wrong if it is not. */
export interface YamlDocument {
  readonly contents: ParsedNode | null;
  readonly findings: readonly Finding[];
  readonly lines: LineCounter;
}

/** More than a sensible file needs, and little enough for recursion. */
const MAX_DEPTH = 20;

/** Of those that are outside the document proper. */
const MAX_ERRORS = 100;

/**
 * Reads one document. All scalars are text as written, because `0012` may be a key: that is YAML's failsafe schema.
 * Never throws.
 */
export const readYaml = (text: string): YamlDocument => {
  const lines = new LineCounter();
  const tokens = withFewErrors([...new Parser(lines.addNewLine).parse(text)]);
  const deep = tokens.find((token) => isTooDeep(token, MAX_DEPTH));
  if (deep !== undefined) {
    const finding = { offset: deep.offset, text: `nested too deep; allowed: at most ${MAX_DEPTH} levels` };
    return { contents: null, findings: [finding], lines };
  }
  const composer = new Composer({
    schema: 'failsafe',
    // A tag or a directive of the file must not bring other types back in.
    resolveKnownTags: false,
    merge: false,
    // Names are compared in any letter case, which the library cannot.
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const [document, another] = composer.compose(tokens, true, text.length);
  return {
    contents: document?.contents ?? null,
    findings: [...complaints(document), ...surplus(another)],
    lines,
  };
};

/** Each error costs a stack trace, so that half a million of them would outlast the time there is to start. */
const withFewErrors = (tokens: readonly CST.Token[]): readonly CST.Token[] => {
  let errors = 0;
  return tokens.filter(({ type }) => type !== 'error' || errors++ < MAX_ERRORS);
};

const complaints = (document: Document.Parsed | undefined): readonly Finding[] =>
  [...(document?.errors ?? []), ...(document?.warnings ?? [])].map((error) => ({
    offset: error.pos[0],
    text: `cannot be read as YAML: ${shortLine(error.message)}`,
  }));

const surplus = (another: Document.Parsed | undefined): readonly Finding[] =>
  another === undefined
    ? []
    : [{ offset: another.range[0], text: 'a second YAML document begins here; allowed: one' }];

/** Messages of the library may quote the text at any length. */
const shortLine = (message: string): string => message.replace(/\s+/g, ' ').slice(0, 200);
