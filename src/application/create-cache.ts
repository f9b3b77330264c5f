import type { CacheGroup } from '../domain/cache/ttl-policy.ts';
import type { StatusReader } from '../ports/inbound/status-reader.ts';
import type { CacheStore } from '../ports/outbound/cache-store.ts';
import type { Clock } from '../ports/outbound/clock.ts';
import type { Digest } from '../ports/outbound/digest.ts';
import type { ItemSource } from '../ports/outbound/item-source.ts';
import type { Logger } from '../ports/outbound/logger.ts';
import type { Random } from '../ports/outbound/random.ts';
import { Groups } from './groups.ts';
import { Invalidate } from './invalidation/invalidate.ts';
import { SideLoad } from './invalidation/side-load.ts';
import { WriteInvalidation } from './invalidation/write-invalidation.ts';
import { Preload } from './preload/preload.ts';
import { BackgroundRefresh } from './reading/background-refresh.ts';
import { Aftermath, Setbacks } from './reading/failure-backoff.ts';
import { ReadItem } from './reading/read-item.ts';
import { SingleFlight } from './reading/single-flight.ts';

import { Admission } from './source-access/admission.ts';
import { CircuitBreaker } from './source-access/circuit-breaker.ts';
import { SourceCaller } from './source-access/source-caller.ts';
import { SourceGate } from './source-access/source-gate.ts';
import { Statistics } from './statistics.ts';
import { ForwardCounts, Observations, ReportStatus } from './status/report-status.ts';
import { EntryWriter } from './storing/entry-writer.ts';
import { Fence } from './storing/fence.ts';
import { consistentAfterWrite, RecentWrites } from './storing/recent-writes.ts';

import { ElapsedTime, Invocation } from './time/elapsed-time.ts';

/** What a cache is made over. */
export interface CacheParts {
  readonly groups: readonly CacheGroup[];
  readonly source: ItemSource;
  readonly store: CacheStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly digest: Digest;
  readonly logger: Logger;
}

/** What bounds the calls to the source, and moves them. */
export interface CacheLimits {
  /** One read from the source; also the longest wait for its turn; 2 s by default. */
  readonly timeoutMs: number;
  /** Calls to the source at the same time; 50 by default. */
  readonly maxSourceReads: number;
  /** Calls that may wait for their turn; 1,000 by default. */
  readonly maxWaitingReads: number;
  /** Whether the store is filled before the first invocation; not by default. */
  readonly preload: boolean;
  /** The whole of that; 8 s by default. */
  readonly preloadTimeoutMs: number;
  /** Whether the source may be asked from the first invocation on only, because copies of the process are made before it; not by default. */
  readonly awaitsInvocation: boolean;
  /** Whether what is used shortly before its expiry is read again at once, because no invocation is told of; not by default. */
  readonly refreshesAtOnce: boolean;
  /** For how long after a write past the cache the source is asked consistently; 10 s by default. */
  readonly writeWindowMs: number;
  /** Keys that are known to have been written within that; what is written beyond them marks its whole group; 10,000 by default. */
  readonly writeMarks: number;
}

/** The use cases of one cache. */
export interface Cache {
  readonly reader: ReadItem;
  readonly invalidator: Invalidate;
  readonly writes: WriteInvalidation;
  readonly answers: SideLoad;
  readonly marks: RecentWrites;
  readonly status: StatusReader;
  readonly observations: Observations;
  readonly forwards: ForwardCounts;
  readonly preload: Preload;
  readonly refresh: BackgroundRefresh;
  readonly flights: SingleFlight;
  readonly invocation: Invocation;
  readonly gate: SourceGate;
}

const DEFAULT_LIMITS: CacheLimits = {
  timeoutMs: 2_000,
  maxSourceReads: 50,
  maxWaitingReads: 1_000,
  preload: false,
  preloadTimeoutMs: 8_000,
  awaitsInvocation: false,
  refreshesAtOnce: false,
  writeWindowMs: 10_000,
  writeMarks: 10_000,
};

/** Wires the use cases over ports that are given. Nothing is started by this. */
export const createCache = (parts: CacheParts, given: Partial<CacheLimits> = {}): Cache => {
  const { store, clock, logger } = parts;
  const limits = { ...DEFAULT_LIMITS, ...given };
  const groups = new Groups(parts.groups);
  const elapsed = new ElapsedTime(clock);
  const fence = new Fence(elapsed);
  const marks = new RecentWrites(elapsed, { windowMs: limits.writeWindowMs, keys: limits.writeMarks });
  const breaker = new CircuitBreaker((group, isOpen) => {
    if (isOpen) logger.warn('the source of a group is out of reach; it is probed once a second', { group });
    else logger.warn('the source of a group is back', { group });
  });
  const setbacks = new Setbacks();
  const invocation = new Invocation();
  const statistics = new Statistics();
  const observations = new Observations();
  const forwards = new ForwardCounts();
  const admission = new Admission(
    { slots: limits.maxSourceReads, waiting: limits.maxWaitingReads, maxWaitMs: limits.timeoutMs },
    clock,
  );
  const gate = new SourceGate(!limits.awaitsInvocation, parts.source, clock, limits.timeoutMs);
  const calls = new SourceCaller(
    gate,
    admission,
    breaker,
    fence,
    invocation,
    statistics,
    clock,
    limits.timeoutMs,
  );
  const source = consistentAfterWrite(parts.source, marks);
  const writer = new EntryWriter(groups, store, fence, marks, parts.digest, parts.random);
  const aftermath = new Aftermath(writer, setbacks, clock, logger);
  const flights = new SingleFlight(source, calls, writer, groups, aftermath, clock);
  const refresh = new BackgroundRefresh(
    source,
    calls,
    flights,
    writer,
    aftermath,
    setbacks,
    groups,
    store,
    clock,
    limits.refreshesAtOnce,
  );
  const preload = new Preload(
    { enabled: limits.preload, timeoutMs: limits.preloadTimeoutMs },
    groups,
    source,
    calls,
    writer,
    clock,
    logger,
  );
  const invalidator = new Invalidate(store, fence, flights);
  return {
    reader: new ReadItem(groups, store, flights, refresh, setbacks, breaker, statistics, clock),
    invalidator,
    writes: new WriteInvalidation(marks, invalidator, groups),
    answers: new SideLoad(groups, fence, marks, writer, statistics, clock),
    marks,
    status: new ReportStatus(store, statistics, preload, observations, forwards),
    observations,
    forwards,
    preload,
    refresh,
    flights,
    invocation,
    gate,
  };
};
