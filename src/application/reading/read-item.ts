import { bodyOf, type EntryKey, isAbsence } from '../../domain/cache/cache-entry.ts';
import {
  type CacheError,
  NotInCacheError,
  SourceThrottledError,
  TransientError,
} from '../../domain/cache/errors.ts';
import type { Hit, Stale } from '../../domain/cache/ttl-policy.ts';
import type {
  CacheStatus,
  Freshness,
  ItemReader,
  ReadRequest,
  ReadResult,
} from '../../ports/inbound/item-reader.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { CoherenceGate } from '../coherence/coherence-gate.ts';
import { type Groups, noSuchGroup } from '../groups.ts';
import { CircuitOpenError } from '../source-access/circuit-breaker.ts';
import type { Sources } from '../source-access/sources.ts';
import type { Statistics } from '../statistics.ts';
import type { BackgroundRefresh } from './background-refresh.ts';
import type { FailureBackoff } from './failure-backoff.ts';
import type { ReadOutcome, SingleFlight } from './single-flight.ts';

export interface ReadItemParts {
  readonly groups: Groups;
  /** Without what readers may not see. */
  readonly store: Pick<CacheStore, 'get'>;
  readonly singleFlight: SingleFlight;
  readonly refresh: BackgroundRefresh;
  readonly backoff: FailureBackoff;
  readonly sources: Sources;
  readonly coherence: CoherenceGate | undefined;
  readonly statistics: Statistics;
  readonly clock: Clock;
}

/** Reads through the cache: from the store, then from the source, and from the store again while the source is temporarily failing. */
export class ReadItem implements ItemReader {
  readonly #parts: ReadItemParts;

  constructor(parts: ReadItemParts) {
    this.#parts = parts;
  }

  read(key: EntryKey, request: ReadRequest): ReadResult | Promise<ReadResult> {
    const { coherence, clock } = this.#parts;
    const now = clock.now();
    const decided = coherence?.wait(key.group, now);
    return decided === undefined
      ? this.#readAt(now, key, request)
      : decided.then(() => this.#readAt(clock.now(), key, request));
  }

  #readAt(now: number, key: EntryKey, request: ReadRequest): ReadResult | Promise<ReadResult> {
    const cached = this.#fromStore(now, key, request, true);
    return typeof cached === 'string' ? this.#readFromSource(key, request, cached) : cached;
  }

  /**
   * Answers from memory only; `undefined` if that is impossible. May start a background refresh.
   *
   * @param isServed false for a look that has no effects, when it is not known yet whether the result is served
   */
  getCached(key: EntryKey, request: ReadRequest, isServed = true): ReadResult | undefined {
    const cached = this.#fromStore(this.#parts.clock.now(), key, request, isServed);
    return typeof cached === 'string' ? undefined : cached;
  }

  /** The answer from memory, or the reason for the miss. */
  #fromStore(now: number, key: EntryKey, request: ReadRequest, isServed: boolean): ReadResult | MissReason {
    const { groups, store, coherence, refresh } = this.#parts;
    const policy = groups.policies.get(key.group);
    if (policy === undefined) throw noSuchGroup();
    if (coherence?.mayUseMemory(key.group) === false) {
      coherence.countBypass();
      return 'journal-unavailable';
    }
    const lookup = policy.lookup(store.get(key), now);
    if (lookup.outcome === 'miss') return lookup.reason === 'absent' ? 'uri-miss' : 'stale';
    const cached = fromMemory(lookup, request.contentType, 'stale-while-revalidate');
    if (cached === undefined) return 'uri-miss';
    if (!allows(request.freshness, lookup)) return lookup.outcome === 'hit' ? 'request' : 'stale';
    if (!isServed) return cached;
    if (policy.isDueForRefresh(lookup) && request.freshness.kind !== 'only-if-cached') {
      refresh.markHot(key);
      if (lookup.outcome === 'stale') refresh.refreshNow(key);
    }
    if (lookup.outcome === 'hit') this.#parts.statistics.hits += 1;
    else this.#parts.statistics.staleHits += 1;
    return cached;
  }

  /**
   * The stale hit for a read that bypassed `ItemSource` and had a transient failure; `undefined` if there is no such entry.
   *
   * @param isServed as of `getCached`
   */
  getStaleIfError(key: EntryKey, request: ReadRequest, isServed = true): ReadResult | undefined {
    const fallback = this.#fallback(key, request);
    if (fallback === undefined || !isServed) return fallback;
    this.#parts.refresh.markStaleServed(key);
    this.#parts.statistics.staleHits += 1;
    return fallback;
  }

  #readFromSource(key: EntryKey, request: ReadRequest, reason: MissReason): ReadResult | Promise<ReadResult> {
    if (request.freshness.kind === 'only-if-cached') {
      return this.#fail(
        new NotInCacheError(
          'memory has no answer that the request allows, and only-if-cached forbids asking the source',
        ),
      );
    }
    const failure = this.#failureWithoutAsking(key, request);
    if (failure !== undefined) return this.#afterFailure(key, request, failure, false);
    const { singleFlight, statistics, clock } = this.#parts;
    statistics.misses += 1;
    // A running read may have begun before a write that the journal would name if it answered.
    const exact = request.freshness.kind !== 'any' || reason === 'journal-unavailable';
    const { outcome, collapsed } = singleFlight.join(key, { contentType: request.contentType, exact });
    if (collapsed) statistics.collapsed += 1;
    return outcome.then(
      (read) => fromOrigin(read, request.contentType, clock.now(), reason, collapsed),
      (error: unknown) => this.#afterFailure(key, request, error, true),
    );
  }

  /** The failure to answer with at once, while the circuit is open or the key is in backoff. */
  #failureWithoutAsking(key: EntryKey, request: ReadRequest): CacheError | undefined {
    const { breaker } = this.#parts.sources.of(key.group);
    if (breaker.isOpen(key.group)) {
      const now = this.#parts.clock.now();
      if (!breaker.isProbeDue(key.group, now)) return new CircuitOpenError();
      // A probe normally runs in the background, so that no reader waits for a source that is likely still down. The first
      // reader after a quiet time is the probe itself if it has no stale entry to fall back on.
      const isProbe = breaker.hasGoneQuiet(key.group, now) && this.#fallback(key, request) === undefined;
      if (isProbe) return undefined;
      void this.#parts.singleFlight.refresh(key);
      return new CircuitOpenError();
    }
    const failure = this.#parts.backoff.failureOf(key);
    if (failure instanceof SourceThrottledError) return new StillThrottledError(failure);
    return failure !== undefined && this.#fallback(key, request) !== undefined ? failure : undefined;
  }

  #afterFailure(key: EntryKey, request: ReadRequest, error: unknown, asked: boolean): ReadResult {
    const fallback = error instanceof TransientError ? this.getStaleIfError(key, request) : undefined;
    if (fallback === undefined) return this.#fail(error);
    const { cache } = fallback;
    if (!asked || cache.source !== 'memory') return fallback;
    return { ...fallback, cache: { source: 'memory-after-failure', ttlMs: cache.ttlMs } };
  }

  /** The entry, fresh or stale, for a request of any freshness whose read failed. */
  #fallback(key: EntryKey, request: ReadRequest): ReadResult | undefined {
    if (request.freshness.kind !== 'any') return undefined;
    const { groups, store, coherence, clock } = this.#parts;
    const policy = groups.policies.get(key.group);
    const lookup = policy?.lookup(store.get(key), clock.now());
    if (policy === undefined || lookup === undefined || lookup.outcome === 'miss') return undefined;
    // Another environment may have changed the item. Stale entries are served if the policy allows it, but not negative ones.
    const mayBeStale = coherence?.mayUseMemory(key.group) === false;
    if (mayBeStale && (policy.lifetimes.staleIfErrorMs <= 0 || isAbsence(lookup.entry))) return undefined;
    return fromMemory(lookup, request.contentType, 'stale-if-error');
  }

  #fail(error: unknown): never {
    this.#parts.statistics.failures += 1;
    throw error;
  }
}

/** The source throttled a read of the key within the last second: it was not asked again. */
export class StillThrottledError extends SourceThrottledError {
  constructor({ message, cause, retryAfterMs }: SourceThrottledError) {
    super(message, { cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
  }
}

const allows = (freshness: Freshness, lookup: Hit | Stale): boolean => {
  if (freshness.kind === 'no-cache') return false;
  const seconds = 'seconds' in freshness ? freshness.seconds : undefined;
  if (seconds === undefined) return lookup.outcome === 'hit' || lookup.whileRevalidate;
  return lookup.outcome === 'hit' && lookup.ageMs <= seconds * 1_000;
};

/** Why memory could not answer. */
export type MissReason = Extract<CacheStatus, { source: 'origin' }>['reason'];

/** The answer from an entry; `undefined` if the entry has no body of that content type. */
const fromMemory = (
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

/** The answer from the source. @throws {Error} if it has no body of that content type, which is a defect */
const fromOrigin = (
  { entry, stored }: ReadOutcome,
  contentType: string,
  now: number,
  reason: MissReason,
  collapsed: boolean,
): ReadResult => {
  const ageMs = Math.max(0, now - entry.storedAt);
  const cache: CacheStatus = { source: 'origin', reason, stored, collapsed };
  if (isAbsence(entry)) return { outcome: 'absent', ageMs, cache };
  const body = bodyOf(entry, contentType);
  if (body === undefined) throw new Error(`the source made no body of type ${contentType}`);
  return { outcome: 'found', body, ageMs, cache };
};
