import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type ParsedNode,
  Parser,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import {
  describeNode,
  type Finding,
  plainScalar,
  TextLines,
  type YamlDocument,
  type YamlNode,
  type YamlPair,
} from './yaml-node.ts';

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
    // Merging must ignore the letter case of names, so `NodeBuilder` does it.
    merge: false,
    // Comparing names must ignore their letter case, which the library does not support.
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const [document, another] = composer.compose(tokens, true, text.length);
  return {
    contents: document?.contents ? new NodeBuilder().build(document.contents) : null,
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

/** The most values that all aliases may expand to. Bounds the memory that a small file can use. */
const MAX_ALIASED_VALUES = 100_000;

const MERGE_RULE = 'a mapping, or a list of mappings, to merge';

/** A value that aliases may refer to. It has no node while it is being built. */
interface Anchored {
  node: YamlNode | undefined;
  /** Index of the top-level pair that contains it. */
  readonly section: number | undefined;
}

/** Converts a document of the library to nodes. Replaces aliases by their values and applies merge keys (`<<`). */
class NodeBuilder {
  readonly #anchored = new Map<string, Anchored>();
  readonly #sharedSections = new Set<number>();
  /** The number of values in each list and mapping, itself included. */
  readonly #sizes = new Map<YamlNode, number>();
  #section: number | undefined;
  #aliasedValues = 0;

  build(contents: ParsedNode): YamlNode {
    const node = this.#node(contents, 0, true);
    if (node.kind !== 'mapping' || this.#sharedSections.size === 0) return node;
    const offsets = isMap(contents) ? contents.items.map(({ key }) => key.range[0]) : [];
    const shared = new Set([...this.#sharedSections].map((section) => offsets[section]));
    const pairs = node.pairs.map(
      (pair): YamlPair => (shared.has(pair.offset) ? { ...pair, isShared: true } : pair),
    );
    return { ...node, pairs };
  }

  /** @param around the offset to use if the library gives none */
  #node(node: ParsedNode, around: number, isRoot = false): YamlNode {
    const offset = node.range[0] ?? around;
    if (isAlias(node)) return this.#aliased(node.source, offset);
    const anchored: Anchored = { node: undefined, section: this.#section };
    if (node.anchor !== undefined) this.#anchored.set(node.anchor, anchored);
    anchored.node = this.#own(node, offset, isRoot);
    return anchored.node;
  }

  #own(node: Exclude<ParsedNode, Alias.Parsed>, offset: number, isRoot: boolean): YamlNode {
    if (isMap(node)) return this.#mapping(node, offset, isRoot);
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#node(item, offset));
      return this.#sized({ kind: 'list', offset, items }, items);
    }
    return scalarOf(node, offset);
  }

  #mapping({ items }: YAMLMap.Parsed, offset: number, isRoot: boolean): YamlNode {
    const own: YamlPair[] = [];
    let merge: { readonly offset: number; readonly value: YamlNode } | undefined;
    for (const [index, { key, value }] of items.entries()) {
      if (isRoot) this.#section = index;
      const at = key.range[0];
      const name = this.#node(key, at);
      const node = value === null ? null : this.#node(value, at);
      if (!isMergeKey(key)) own.push({ offset: at, name: textOf(name), value: node });
      else if (merge === undefined) merge = { offset: at, value: node ?? plainScalar('', at) };
      else
        own.push({
          offset: at,
          name: '<<',
          value: node,
          problem: 'is given twice; allowed: once, with a list of mappings',
        });
    }
    const pairs = merge === undefined ? own : [...own, ...this.#merged(own, merge.value)];
    return this.#sized(
      { kind: 'mapping', offset, pairs },
      pairs.map(({ value }) => value),
    );
  }

  /** Returns the pairs that `source` adds to a mapping. Own pairs take precedence, then those of earlier mappings. */
  #merged(own: readonly YamlPair[], source: YamlNode): readonly YamlPair[] {
    const names = new Set(own.map(({ name }) => name.toLowerCase()));
    const added: YamlPair[] = [];
    for (const mapping of source.kind === 'list' ? source.items : [source]) {
      if (mapping.kind !== 'mapping') {
        added.push({ offset: mapping.offset, name: '<<', value: mapping, problem: mergeProblem(mapping) });
        continue;
      }
      const fresh = mapping.pairs.filter(
        ({ name, problem }) => problem !== undefined || !names.has(name.toLowerCase()),
      );
      added.push(...fresh);
      for (const { name } of fresh) names.add(name.toLowerCase());
    }
    return added;
  }

  #aliased(source: string, offset: number): YamlNode {
    const anchored = this.#anchored.get(source);
    const refused = (problem: string): YamlNode => ({ kind: 'alias', offset, source, problem });
    if (anchored === undefined) return refused('which has no anchor above it');
    if (anchored.node === undefined) return refused('which refers to a value that contains it');
    this.#aliasedValues += this.#sizeOf(anchored.node);
    if (this.#aliasedValues > MAX_ALIASED_VALUES) {
      return refused(`which makes all aliases expand to more than ${MAX_ALIASED_VALUES} values`);
    }
    if (anchored.section !== undefined && anchored.section !== this.#section) {
      this.#sharedSections.add(anchored.section);
    }
    return anchored.node;
  }

  #sized(node: YamlNode, parts: readonly (YamlNode | null)[]): YamlNode {
    this.#sizes.set(
      node,
      parts.reduce((sum, part) => sum + (part === null ? 1 : this.#sizeOf(part)), 1),
    );
    return node;
  }

  #sizeOf(node: YamlNode): number {
    return this.#sizes.get(node) ?? 1;
  }
}

const isMergeKey = (key: ParsedNode): boolean => isScalar(key) && isPlain(key) && key.value === '<<';

/** In the failsafe schema every scalar is text. A scalar with quotes or a tag cannot be null. */
const scalarOf = (node: Scalar.Parsed, offset: number): YamlNode => {
  const text = String(node.value ?? '');
  return isPlain(node) ? plainScalar(text, offset) : { kind: 'text', offset, text };
};

const isPlain = ({ type, tag }: Scalar.Parsed): boolean => type === 'PLAIN' && tag === undefined;

const textOf = (node: YamlNode): string => (node.kind === 'text' || node.kind === 'null' ? node.text : '');

const mergeProblem = (node: YamlNode): string =>
  node.kind === 'alias'
    ? `is ${describeNode(node)}, ${node.problem}`
    : `is ${describeNode(node)}; allowed: ${MERGE_RULE}`;
