import type { Freshness } from '../../../src/ports/inbound/item-reader.ts';

export const ANY: Freshness = { kind: 'any' };
export const NO_CACHE: Freshness = { kind: 'no-cache' };
export const ONLY_IF_CACHED: Freshness = { kind: 'only-if-cached' };
export const maxAge = (seconds: number): Freshness => ({ kind: 'max-age', seconds });
