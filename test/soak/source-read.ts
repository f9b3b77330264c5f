import type { ModelRead, Moment } from '../support/model/read-history.ts';
import { keyOf, type RowKey } from './tables.ts';

/** The item under a key when it was read. */
export interface Content {
  readonly version: number;
  readonly padding: number;
}

/** A read of one key in one call of DynamoDB. The answer contains its id, which tells where an answer comes from. */
export interface SourceRead extends ModelRead {
  readonly row: RowKey;
  /** Whether it belongs to the preload, which no reader waits for. */
  readonly isPreload: boolean;
  readonly asked: Moment;
  /** Absent if there is no item. */
  readonly content: Content | undefined;
  /** Entity tags of its answer, by format. */
  readonly tags: Map<Format, string>;
}

export type Format = 'plain' | 'typed';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  plain: 'application/json',
  typed: 'application/x-amz-json-1.0',
};

/** The item as DynamoDB sends it. */
export const typedText = ({ id, row, content }: SourceRead): string => {
  const attributes = {
    ...keyOf(row),
    v: { N: String(content?.version) },
    q: { N: String(id) },
    exact: { N: '0.10' },
    pad: { S: 'x'.repeat(content?.padding ?? 0) },
  };
  return JSON.stringify(attributes);
};

/** The item as plain JSON: sorted names, exact numbers. */
export const plainText = ({ id, row, content }: SourceRead): string => {
  const { table, hash, sort } = row;
  const pk = table.hashType === 'N' ? hash : JSON.stringify(hash);
  const sk = table.sortType === 'N' ? sort : JSON.stringify(sort);
  const rest = sort === undefined ? '' : `"sk":${sk},`;
  const pad = 'x'.repeat(content?.padding ?? 0);
  return `{"exact":0.10,"pad":"${pad}","pk":${pk},"q":${id},${rest}"v":${content?.version}}`;
};

/** The read id in a body of either form; `undefined` if there is none. */
export const idIn = (body: string): number | undefined => {
  const [, digits] = /"q":(?:\{"N":")?(\d+)/.exec(body) ?? [];
  return digits === undefined ? undefined : Number(digits);
};
