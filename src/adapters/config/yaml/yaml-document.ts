import { Composer, type CST, type Document, Parser } from 'yaml';
import { TextLines } from './text-lines.ts';
import type { Finding, YamlDocument } from './yaml-node.ts';
import { nodesOf } from './yaml-node-builder.ts';

/** Deeper than a valid file, and low enough for recursion. */
const MAX_DEPTH = 20;

/** The most syntax errors outside the document that are reported. */
const MAX_ERRORS = 100;

/**
 * Parses one document with YAML's failsafe schema: all scalars are unchanged text, because `0012` may be a key. Never throws.
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
    // A tag or a directive of the file must not enable other types.
    resolveKnownTags: false,
    // Merging must ignore the letter case of names, so `nodesOf` does it.
    merge: false,
    // Comparing names must ignore their letter case, which the library does not support.
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const [document, another] = composer.compose(tokens, true, text.length);
  return {
    contents: document === undefined ? null : nodesOf(document),
    findings: [...syntaxFindings(document), ...extraDocumentFindings(another)],
    lines,
  };
};

/** Each error creates a stack trace, so half a million of them would exceed the time-out of the start. */
const withFewErrors = (tokens: readonly CST.Token[]): readonly CST.Token[] => {
  let errors = 0;
  return tokens.filter(({ type }) => type !== 'error' || errors++ < MAX_ERRORS);
};

const syntaxFindings = (document: Document.Parsed | undefined): readonly Finding[] =>
  [...(document?.errors ?? []), ...(document?.warnings ?? [])].map((error) => ({
    offset: error.pos[0],
    text: `cannot be read as YAML: ${shortLine(error.message)}`,
  }));

const extraDocumentFindings = (another: Document.Parsed | undefined): readonly Finding[] =>
  another === undefined
    ? []
    : [{ offset: another.range[0], text: 'a second YAML document begins here; allowed: one' }];

/** Messages of the library may quote text of any length. */
const shortLine = (message: string): string => message.replace(/\s+/g, ' ').slice(0, 200);

/** Whether lists and mappings are nested deeper than `maxDepth`. Not recursive, because that could overflow the stack. */
export const isTooDeep = (token: CST.Token, maxDepth: number): boolean => {
  let level: CST.Token[] = [token];
  for (let depth = 0; level.length > 0; depth++) {
    // The document itself is one level of tokens.
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
