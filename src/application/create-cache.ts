import type { CacheGroup, TtlPolicy } from '../domain/cache/ttl-policy.ts';
import type { StatusReader } from '../ports/inbound/status-reader.ts';
import type { CacheStore } from '../ports/outbound/cache-store.ts';
import type { Clock } from '../ports/outbound/clock.ts';
import type { Digest } from '../ports/outbound/digest.ts';
import type { ItemSource } from '../ports/outbound/item-source.ts';
import type { Logger } from '../ports/outbound/logger.ts';
import type { Random } from '../ports/outbound/random.ts';
import type { SharedEntries } from '../ports/outbound/shared-entries.ts';
import { CoherenceGate, type CoherenceGateParts, type GroupCoherence } from './coherence/coherence-gate.ts';
import { Groups } from './groups.ts';
import { Invalidate, WriteInvalidation } from './invalidation/invalidate.ts';
import { SideLoad } from './invalidation/side-load.ts';
import { Preload } from './preload/preload.ts';
import { BackgroundRefresh } from './reading/background-refresh.ts';
import { FailureBackoff } from './reading/failure-backoff.ts';
import { ReadItem } from './reading/read-item.ts';
import { SingleFlight } from './reading/single-flight.ts';
import { ForwardedReads } from './source-access/forwarded-reads.ts';
import { SourceGate } from './source-access/source-gate.ts';
import { checkedSource, type GroupSource, type SourceLimits, Sources } from './source-access/sources.ts';
import { Statistics } from './statistics.ts';
import { ForwardCounts, Observations, ReportStatus } from './status/report-status.ts';
import { EntryWriter } from './storing/entry-writer.ts';
import { Fence } from './storing/fence.ts';
import { ReadFloors } from './storing/read-floors.ts';
import { RecentWrites } from './storing/recent-writes.ts';
import { TierCalls } from './tier/tier-calls.ts';
import { type TieredGroup, type TieredSourceParts, tieredSource } from './tier/tiered-source.ts';
import { ElapsedTime, Invocation } from './time/elapsed-time.ts';

/** One group of entries, and the source that they come from. */
export interface GroupParts {
  readonly name: string;
  readonly policy: TtlPolicy;
  /** Where its entries come from. Groups may share a source, and then share its limits. */
  readonly source?: ItemSource;
  /** Limits of the calls to its source; what is absent is taken from `CacheLimits`. */
  readonly limits?: Partial<SourceLimits>;
  /** Content types that are kept from the start; others are kept from the first request for them. */
  readonly contentTypes?: readonly string[];
  /** What is loaded before the first request; nothing if absent. */
  readonly preload?: CacheGroup['preload'];
  /** How other environments learn of its writes, and it of theirs; absent: when lifetimes end. */
  readonly coherence?: GroupCoherence;
  /**
   * Environments for which this is equal share what they read of the group; absent: they do not. It must name everything
   * that an answer depends on, and who may read it. Only for groups with coherence.
   */
  readonly sharedAs?: string;
}

/** The groups and ports of a cache. */
export interface CacheParts {
  readonly groups: readonly GroupParts[];
  /** The source of all groups without a source of their own. */
  readonly source?: ItemSource;
  /** The second tier, for groups with `sharedAs`. */
  readonly sharedEntries?: SharedEntries | undefined;
  readonly store: CacheStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly digest: Digest;
  readonly logger: Logger;
}

/** Limits of the cache, and of the calls to each source that has no limits of its own. */
export interface CacheLimits {
  /** Milliseconds for one read from a source; also the longest wait for a slot; 2 s by default. */
  readonly timeoutMs: number;
  /** Calls to a source at the same time; 50 by default. */
  readonly maxSourceReads: number;
  /** Calls that may wait for a slot; 1,000 by default. */
  readonly maxWaitingReads: number;
  /** Whether the store is filled before the first invocation; `false` by default. */
  readonly preload: boolean;
  /** Milliseconds for the whole preload; 8 s by default. */
  readonly preloadTimeoutMs: number;
  /** Whether sources may be asked from the first invocation on only, because the process is copied before it (SnapStart); `false` by default. */
  readonly awaitsInvocation: boolean;
  /** Whether entries in use are read again at once shortly before they expire, because there are no INVOKE events; `false` by default. */
  readonly refreshesAtOnce: boolean;
  /** Milliseconds after a write that bypasses the cache in which sources are read consistently; 10 s by default. */
  readonly writeWindowMs: number;
  /** Written keys that are tracked one by one within that time; a write beyond them marks its whole group; 10,000 by default. */
  readonly writeMarks: number;
}

/** The use cases of one cache. */
export interface Cache {
  readonly reader: ReadItem;
  readonly invalidator: Invalidate;
  readonly writes: WriteInvalidation;
  readonly sideLoad: SideLoad;
  readonly forwardedReads: ForwardedReads;
  readonly recentWrites: RecentWrites;
  readonly status: StatusReader;
  readonly observations: Observations;
  readonly forwards: ForwardCounts;
  readonly preload: Preload;
  readonly refresh: BackgroundRefresh;
  readonly singleFlight: SingleFlight;
  readonly invocation: Invocation;
  readonly gate: SourceGate;
  /** Absent if no group is kept coherent with other environments. */
  readonly coherence: CoherenceGate | undefined;
}

const DEFAULTS: CacheLimits = {
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

const PRELOAD_PARALLELISM = 4;

/**
 * Wires the use cases over the given ports. Starts nothing.
 *
 * @throws {TypeError} if a group has no source, two groups have one name, or groups that share a source state different limits
 */
export const createCache = (parts: CacheParts, given: Partial<CacheLimits> = {}): Cache => {
  const { store, clock, logger, random, digest } = parts;
  const limits = { ...DEFAULTS, ...given };
  const groups = new Groups(parts.groups.map(withDefaults));
  const elapsed = new ElapsedTime(clock);
  const fence = new Fence(elapsed);
  const invocation = new Invocation();
  const statistics = new Statistics();
  const observations = new Observations();
  const forwards = new ForwardCounts();
  const groupSources = parts.groups.map((group) => sourceOf(group, parts.source, limits));
  const upstreams = new Set([
    ...groupSources.map(({ source }) => source),
    ...parts.groups.flatMap(({ coherence }) => coherence?.journal ?? []),
    ...(parts.sharedEntries === undefined ? [] : [parts.sharedEntries]),
  ]);
  const gate = new SourceGate(!limits.awaitsInvocation, [...upstreams], clock);
  const inconsistent = new Set(
    groupSources.flatMap(({ group, source }) => (source.hasConsistentReads === false ? group : [])),
  );
  const coherence = coherenceOf(parts.groups, {
    inconsistent,
    elapsed,
    invocation,
    fence,
    clock,
    logger,
    windowMs: limits.writeWindowMs,
    isOpen: () => gate.isOpen,
  });
  const recentWrites = new RecentWrites(
    elapsed,
    { windowMs: limits.writeWindowMs, keys: limits.writeMarks },
    inconsistent,
    coherence,
  );
  const onCircuitChange = (group: string, isOpen: boolean) => {
    if (isOpen) logger.warn('the source of a group does not answer; it is probed once a second', { group });
    else logger.warn('the source of a group answers again', { group });
  };
  const tier = tierOf(parts, coherence, { recentWrites, elapsed, digest, random, clock });
  const checked = checkedSources(groupSources);
  const sources = new Sources(tier?.before(checked) ?? checked, {
    gate,
    fence,
    recentWrites,
    invocation,
    statistics,
    clock,
    onCircuitChange,
  });
  const writer = new EntryWriter({
    groups,
    store,
    fence,
    recentWrites,
    elsewhere: coherence,
    floors: tier?.floors,
    digest,
    random,
  });
  const backoff = new FailureBackoff(writer, clock, logger);
  const singleFlight = new SingleFlight({
    sources,
    writer,
    groups,
    backoff,
    recentWrites,
    clock,
    elapsed,
  });
  const refresh = new BackgroundRefresh({
    sources,
    singleFlight,
    backoff,
    groups,
    store,
    clock,
    refreshesAtOnce: limits.refreshesAtOnce,
  });
  const preload = new Preload({
    enabled: limits.preload,
    timeoutMs: limits.preloadTimeoutMs,
    groups,
    sources,
    coherence,
    writer,
    clock,
    random,
    logger,
  });
  const invalidator = new Invalidate({
    store,
    fence,
    singleFlight,
    recentWrites,
    coherence,
    ...(tier && {
      shared: { floors: tier.floors, writeHorizon: () => clock.now() + limits.writeWindowMs },
    }),
  });
  coherence?.onChange((group) => invalidator.supersede(group));
  return {
    reader: new ReadItem({
      groups,
      store: coherence?.readable(store) ?? store,
      singleFlight,
      refresh,
      backoff,
      sources,
      coherence,
      statistics,
      clock,
    }),
    invalidator,
    writes: new WriteInvalidation({ recentWrites, invalidator, coherence }),
    sideLoad: new SideLoad({ groups, fence, recentWrites, writer, statistics, clock }),
    forwardedReads: new ForwardedReads({ sources, fence, invocation, clock }),
    recentWrites,
    status: new ReportStatus({
      store,
      statistics,
      preload,
      observations,
      forwards,
      coherence,
      tier: tier?.calls,
    }),
    observations,
    forwards,
    preload,
    refresh,
    singleFlight,
    invocation,
    gate,
    coherence,
  };
};

const coherenceOf = (
  groups: readonly GroupParts[],
  parts: Omit<CoherenceGateParts, 'groups'>,
): CoherenceGate | undefined => {
  const coherent = new Map(
    groups.flatMap(({ name, coherence }) =>
      coherence === undefined || coherence.coherence.mode === 'ttl' ? [] : [[name, coherence] as const],
    ),
  );
  return coherent.size === 0 ? undefined : new CoherenceGate({ ...parts, groups: coherent });
};

/** Wraps each source once, because groups that share a source share its limits. */
const checkedSources = (sources: readonly GroupSource[]): readonly GroupSource[] => {
  const wrap = oncePerSource(checkedSource);
  return sources.map((each) => ({ ...each, source: wrap(each.source) }));
};

const oncePerSource = (wrap: (source: ItemSource) => ItemSource): ((source: ItemSource) => ItemSource) => {
  const made = new Map<ItemSource, ItemSource>();
  return (source) => {
    const known = made.get(source) ?? wrap(source);
    made.set(source, known);
    return known;
  };
};

interface CacheTier {
  readonly calls: TierCalls;
  readonly floors: ReadFloors;
  /** The sources, each behind the tier. */
  before(sources: readonly GroupSource[]): readonly GroupSource[];
}

const tierOf = (
  { groups: all, sharedEntries, clock, logger }: CacheParts,
  coherence: CoherenceGate | undefined,
  parts: Omit<TieredSourceParts, 'groups' | 'calls' | 'coherence' | 'floors'>,
): CacheTier | undefined => {
  const groups = new Map<string, TieredGroup>(
    all.flatMap(({ name, sharedAs, policy: { lifetimes } }) =>
      sharedAs === undefined ? [] : [[name, { space: sharedAs, lifetimes }] as const],
    ),
  );
  if (sharedEntries === undefined || coherence === undefined || groups.size === 0) return undefined;
  const calls = new TierCalls({ entries: sharedEntries, clock, logger });
  const floors = new ReadFloors(groups);
  const behindTier = oncePerSource((source) =>
    tieredSource(source, { ...parts, groups, calls, coherence, floors }),
  );
  const before = (sources: readonly GroupSource[]) => {
    const shared = new Set(sources.flatMap(({ group, source }) => (groups.has(group) ? source : [])));
    return sources.map((each) =>
      shared.has(each.source) ? { ...each, source: behindTier(each.source) } : each,
    );
  };
  return { calls, floors, before };
};

const withDefaults = ({ name, policy, contentTypes, preload }: GroupParts): CacheGroup => ({
  name,
  policy,
  contentTypes: contentTypes ?? [],
  preload: preload ?? { keys: [], everything: false },
});

const sourceOf = (
  { name, source, limits }: GroupParts,
  sharedSource: ItemSource | undefined,
  { timeoutMs, maxSourceReads, maxWaitingReads }: CacheLimits,
): GroupSource => {
  const own = source ?? sharedSource;
  if (own === undefined)
    throw new TypeError(
      `group "${name}" has no source: give the group a source, or createCache one for all groups`,
    );
  const defaults = {
    timeoutMs,
    maxReads: maxSourceReads,
    maxWaitingReads,
    preloadParallelism: PRELOAD_PARALLELISM,
  };
  return { group: name, source: own, limits: { ...defaults, ...limits } };
};
