import { Composer, type CST, type Document, Parser } from 'yaml';
import { TextLines } from './text-lines.ts';
import type { Finding, YamlDocument } from './yaml-node.ts';
import { nodesOf } from './yaml-node-builder.ts';

/** More than a sensible file needs, and little enough for recursion. */
const MAX_DEPTH = 20;

/** Of those that are outside the document proper. */
const MAX_ERRORS = 100;

/**
 * Reads one document. All scalars are text as written, because `0012` may be a key: that is YAML's failsafe schema.
 * Never throws.
 */
export const readYaml = (text: string): YamlDocument => {
  const lines = new TextLines(text);
  const tokens = withFewErrors([...new Parser().parse(text)]);
  const deep = tokens.find((token) => isTooDeep(token, MAX_DEPTH));
  if (deep !== undefined) {
    const finding = { offset: deep.offset, text: `nested too deep; allowed: at most ${MAX_DEPTH} levels` };
    return { contents: null, findings: [finding], lines };
  }
  const composer = new Composer({
    schema: 'failsafe',
    // A tag or a directive of the file must not bring other types back in.
    resolveKnownTags: false,
    // Names are merged in any letter case, too.
    merge: false,
    // Names are compared in any letter case, which the library cannot.
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const [document, another] = composer.compose(tokens, true, text.length);
  return {
    contents: document === undefined ? null : nodesOf(document),
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

/** Whether `token` has more than `maxDepth` levels of lists and mappings. Without recursion, to which depth is fatal. */
export const isTooDeep = (token: CST.Token, maxDepth: number): boolean => {
  let level: CST.Token[] = [token];
  for (let depth = 0; level.length > 0; depth++) {
    // The document itself is a level of tokens.
    if (depth > maxDepth + 1) return true;
    level = level.flatMap(children);
  }
  return false;
};

const children = (token: CST.Token): CST.Token[] => {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter(isToken));
};

const isToken = (token: CST.Token | null | undefined): token is CST.Token =>
  token !== null && token !== undefined;
