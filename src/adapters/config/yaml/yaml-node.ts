import { shownValue } from '../environment/variables.ts';
import type { TextLines } from './text-lines.ts';

/** A part of a YAML document, and the index of the character at which it begins. All scalars are text as written. */
export type YamlNode = YamlText | YamlNull | YamlList | YamlMapping | YamlAlias;

export interface YamlText {
  readonly kind: 'text';
  readonly offset: number;
  readonly text: string;
}

/** A value that is left out, or one of YAML's words for null without quotes. */
export interface YamlNull {
  readonly kind: 'null';
  readonly offset: number;
  readonly text: string;
}

export interface YamlList {
  readonly kind: 'list';
  readonly offset: number;
  readonly items: readonly YamlNode[];
}

export interface YamlMapping {
  readonly kind: 'mapping';
  readonly offset: number;
  /** Its own, and those that `<<` merges into it. */
  readonly pairs: readonly YamlPair[];
}

/** One name of a mapping and its value; null where nothing stands for it. What is no text is the empty name. */
export interface YamlPair {
  readonly offset: number;
  readonly name: string;
  readonly value: YamlNode | null;
  /** Whether the value contains an anchor that another section of the file refers to. */
  readonly isShared?: true;
  /** What is wrong with the pair, whatever its name is: a merge that cannot be carried out. */
  readonly problem?: string;
}

/** An alias that cannot be replaced by the value it refers to. */
export interface YamlAlias {
  readonly kind: 'alias';
  readonly offset: number;
  readonly source: string;
  readonly problem: string;
}

/** YAML's spellings of null, as of the core schema and of Go's parser. */
const NULLS: readonly string[] = ['', '~', 'null', 'Null', 'NULL'];

/** The node of a scalar without quotes and tag. */
export const plainScalar = (text: string, offset: number): YamlText | YamlNull => ({
  kind: NULLS.includes(text) ? 'null' : 'text',
  offset,
  text,
});

/** What `node` is, in words fit for a message. */
export const describeNode = (node: YamlNode | null): string => {
  switch (node?.kind) {
    case 'mapping':
      return node.pairs.length === 0 ? 'an empty mapping' : 'a mapping';
    case 'list':
      return node.items.length === 0 ? 'an empty list' : 'a list';
    case 'alias':
      return `the alias ${shownValue(node.source)}`;
    case 'text':
      return node.text === '' ? 'empty' : shownValue(node.text);
    default:
      return node === null || node === undefined || node.text === '' ? 'empty' : 'null';
  }
};

/** From the top of a document to a value: names, and places in lists. */
export type Path = readonly (string | number)[];

/** A path in words fit for a message, such as `dynamodb[0].keys[2].hash`. */
export const labelOf = (path: Path): string => {
  if (path.length === 0) return 'the file';
  return path.map(step).join('').replace(/^\./, '');
};

const step = (part: string | number): string => {
  if (typeof part === 'number') return `[${part}]`;
  return /^[\w-]+$/.test(part) && part.length < 64 ? `.${part}` : `[${shownValue(part)}]`;
};

/** A problem of a text, and where in it. */
export interface Finding {
  /** Index of the character. */
  readonly offset: number;
  readonly text: string;
}

/** A YAML document, if the text is one, and what is wrong if it is not. */
export interface YamlDocument {
  readonly contents: YamlNode | null;
  readonly findings: readonly Finding[];
  readonly lines: TextLines;
}
