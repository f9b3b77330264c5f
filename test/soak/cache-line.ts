/** What a `Cache-Status` header says. */
export type CacheLine =
  | { readonly from: 'memory'; readonly ttl: number; readonly window: string | undefined }
  | { readonly from: 'memory after failure'; readonly ttl: number }
  | {
      readonly from: 'origin';
      readonly reason: string;
      readonly status: number;
      readonly isStored: boolean;
      readonly isCollapsed: boolean;
    };

const HIT = /^dynamodb-cache; hit; ttl=(-?\d+)(?:; detail=(stale-while-revalidate|stale-if-error))?$/;
const AFTER_FAILURE = /^dynamodb-cache; fwd=stale; detail=stale-if-error; ttl=(-?\d+)$/;
const ORIGIN =
  /^dynamodb-cache; fwd=(uri-miss|stale|request); fwd-status=(200|404)(; stored)?(; collapsed)?$/;

/** Reads the header; `undefined` if it is not of the grammar. */
export const readCacheLine = (text: string): CacheLine | undefined => {
  const hit = HIT.exec(text);
  if (hit !== null) return { from: 'memory', ttl: Number(hit[1]), window: hit[2] };
  const after = AFTER_FAILURE.exec(text);
  if (after !== null) return { from: 'memory after failure', ttl: Number(after[1]) };
  const [, reason, status, stored, collapsed] = ORIGIN.exec(text) ?? [];
  if (reason === undefined) return undefined;
  return {
    from: 'origin',
    reason,
    status: Number(status),
    isStored: stored !== undefined,
    isCollapsed: collapsed !== undefined,
  };
};
