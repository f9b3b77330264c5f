import type { TextLines } from './text-lines.ts';
import type { YamlNode } from './yaml-node.ts';

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
