import type { Place } from './place.ts';
import { keyOf } from './place.ts';

/** A point of the run: its place among all that happened, and the wall time there. */
export interface Moment {
  readonly order: number;
  readonly wallMs: number;
}

/**
 * How a question ended for the one who asked. `out of time` is what the end of an invocation cut off,
 * `given up` what slept or was not needed any more.
 */
export type Ending =
  | 'answered'
  | 'refused'
  | 'throttled'
  | 'failed'
  | 'lost'
  | 'timed out'
  | 'out of time'
  | 'given up';

/** What lay under a key when it was asked for. */
export interface Content {
  readonly version: number;
  readonly padding: number;
}

/** One key asked for in one call of DynamoDB. Its id stands in the answer, so that everybody who gets it can be asked for it. */
export interface Question {
  readonly id: number;
  readonly place: Place;
  readonly operation: 'GetItem' | 'BatchGetItem' | 'Scan';
  /** Whether it filled the store before anybody had asked. */
  readonly isPreload: boolean;
  readonly asked: Moment;
  /** Absent if nothing lay there. */
  readonly content: Content | undefined;
  end?: { readonly order: number; readonly how: Ending };
  /** Entity tags under which its answer went out, by format. */
  readonly tags: Map<Format, string>;
}

export type Format = 'plain' | 'typed';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  plain: 'application/json',
  typed: 'application/x-amz-json-1.0',
};

/** The item as DynamoDB sends it. */
export const typedText = ({ id, place, content }: Question): string => {
  const attributes = {
    ...keyOf(place),
    v: { N: String(content?.version) },
    q: { N: String(id) },
    exact: { N: '0.10' },
    pad: { S: 'x'.repeat(content?.padding ?? 0) },
  };
  return JSON.stringify(attributes);
};

/** The item as the plain form has it: names in order, numbers with every digit. */
export const plainText = ({ id, place, content }: Question): string => {
  const { table, hash, sort } = place;
  const pk = table.hashType === 'N' ? hash : JSON.stringify(hash);
  const sk = table.sortType === 'N' ? sort : JSON.stringify(sort);
  const rest = sort === undefined ? '' : `"sk":${sk},`;
  const pad = 'x'.repeat(content?.padding ?? 0);
  return `{"exact":0.10,"pad":"${pad}","pk":${pk},"q":${id},${rest}"v":${content?.version}}`;
};

/** The id in a body of either form; `undefined` if there is none. */
export const idIn = (body: string): number | undefined => {
  const [, digits] = /"q":(?:\{"N":")?(\d+)/.exec(body) ?? [];
  return digits === undefined ? undefined : Number(digits);
};
