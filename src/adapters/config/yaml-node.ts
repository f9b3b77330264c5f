/** A part of a YAML document, and the index of the character at which it begins. All scalars are text as written. */
export type YamlNode = YamlText | YamlList | YamlMapping | YamlAlias;

export interface YamlText {
  readonly kind: 'text';
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
  readonly pairs: readonly YamlPair[];
}

/** One name of a mapping and its value; null where nothing stands for it. What is no text is the empty name. */
export interface YamlPair {
  readonly offset: number;
  readonly name: string;
  readonly value: YamlNode | null;
}

export interface YamlAlias {
  readonly kind: 'alias';
  readonly offset: number;
  readonly source: string;
}
