import { bodyOf, isAbsence } from '../../domain/cache/cache-entry.ts';
import type { Hit, Stale } from '../../domain/cache/cache-lookup.ts';
import type { CacheStatus, ReadResult } from '../../ports/inbound/item-reader.ts';
import type { Landing } from './flight.ts';

/** Why memory would not do. */
export type OriginReason = Extract<CacheStatus, { source: 'origin' }>['reason'];

/** The answer that memory gives, unless the entry lacks the form that is asked for. */
export const fromMemory = (
  lookup: Hit | Stale,
  contentType: string,
  window: 'stale-while-revalidate' | 'stale-if-error',
): ReadResult | undefined => {
  const { entry, ageMs, ttlMs } = lookup;
  const cache: CacheStatus =
    lookup.outcome === 'hit' ? { source: 'memory', ttlMs } : { source: 'memory', ttlMs, stale: window };
  if (isAbsence(entry)) return { outcome: 'absent', ageMs, cache };
  const body = bodyOf(entry, contentType);
  return body === undefined ? undefined : { outcome: 'found', body, ageMs, cache };
};

/** The answer that the source gave. */
export const fromOrigin = (
  { entry, stored }: Landing,
  contentType: string,
  now: number,
  reason: OriginReason,
  collapsed: boolean,
): ReadResult => {
  const ageMs = Math.max(0, now - entry.storedAt);
  const cache: CacheStatus = { source: 'origin', reason, stored, collapsed };
  if (isAbsence(entry)) return { outcome: 'absent', ageMs, cache };
  const body = bodyOf(entry, contentType);
  if (body === undefined) throw new Error(`the source made no body of type ${contentType}`);
  return { outcome: 'found', body, ageMs, cache };
};
