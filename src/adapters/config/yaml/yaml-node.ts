import { shownValue } from '../environment/variables.ts';

/** A part of a YAML document, with the index of its first character. All scalars are unchanged text. */
export type YamlNode = YamlScalar | YamlList | YamlMapping | YamlAlias;

/** `null` is an omitted value, or one of YAML's spellings of null without quotes. */
export interface YamlScalar {
  readonly kind: 'text' | 'null';
  readonly offset: number;
  readonly text: string;
  /** The text as written, if environment variables are a part of it. */
  readonly source?: string;
}

export interface YamlList {
  readonly kind: 'list';
  readonly offset: number;
  readonly items: readonly YamlNode[];
}

export interface YamlMapping {
  readonly kind: 'mapping';
  readonly offset: number;
  /** Its own pairs and the pairs merged by `<<`. */
  readonly pairs: readonly YamlPair[];
}

/** One pair of a mapping. The value is null if the pair has none. The name is empty if it is not text. */
export interface YamlPair {
  readonly offset: number;
  readonly name: string;
  readonly value: YamlNode | null;
  /** Whether the value contains an anchor that another section of the file refers to. */
  readonly isShared?: true;
  /** Why the pair is invalid regardless of its name: a merge that cannot be applied. */
  readonly problem?: string;
}

/** An alias that cannot be replaced by its value. */
export interface YamlAlias {
  readonly kind: 'alias';
  readonly offset: number;
  readonly source: string;
  readonly problem: string;
}

/** The spellings of null in YAML's core schema and in Go's parser. */
const NULLS: readonly string[] = ['', '~', 'null', 'Null', 'NULL'];

/** Makes the node of a scalar without quotes and tag. */
export const plainScalar = (text: string, offset: number): YamlScalar => ({
  kind: NULLS.includes(text) ? 'null' : 'text',
  offset,
  text,
});

/** How messages describe a mapping with contents. */
export const A_MAPPING = 'a mapping';

/** Describes `node` for a message. */
export const describeNode = (node: YamlNode | null): string => {
  switch (node?.kind) {
    case 'mapping':
      return node.pairs.length === 0 ? 'an empty mapping' : A_MAPPING;
    case 'list':
      return node.items.length === 0 ? 'an empty list' : 'a list';
    case 'alias':
      return `the alias ${shownValue(node.source)}`;
    case 'text':
      return node.text === '' ? 'empty' : shownValue(node.source ?? node.text);
    default:
      return node === null || node === undefined || node.text === '' ? 'empty' : 'null';
  }
};

/** The path from the top of a document to a value: names and list indexes. */
export type Path = readonly (string | number)[];

/** Formats a path for a message, such as `dynamodb[0].keys[2].hash`. */
export const labelOf = (path: Path): string => {
  if (path.length === 0) return 'the file';
  return path.map(step).join('').replace(/^\./, '');
};

const step = (part: string | number): string => {
  if (typeof part === 'number') return `[${part}]`;
  return /^[\w-]+$/.test(part) && part.length < 64 ? `.${part}` : `[${shownValue(part)}]`;
};

/** A problem and its position in a text. */
export interface Finding {
  /** Index of the character. */
  readonly offset: number;
  readonly text: string;
}

/** A parsed YAML document and its problems. */
export interface YamlDocument {
  readonly contents: YamlNode | null;
  readonly findings: readonly Finding[];
  readonly lines: TextLines;
}

/** Converts offsets in a text to lines and columns. Scans the text at the first call. */
export class TextLines {
  readonly #text: string;
  #starts: readonly number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Line and column of the character at `offset`, both counted from 1. */
  placeOf(offset: number): { readonly line: number; readonly column: number } {
    this.#starts ??= startsOf(this.#text);
    let line = 1;
    let beyond = this.#starts.length + 1;
    while (beyond - line > 1) {
      const middle = (line + beyond) >> 1;
      if ((this.#starts[middle - 1] ?? 0) <= offset) line = middle;
      else beyond = middle;
    }
    return { line, column: offset - (this.#starts[line - 1] ?? 0) + 1 };
  }
}

const startsOf = (text: string): readonly number[] => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
};
