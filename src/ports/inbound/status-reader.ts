import type { StoreUsage } from '../outbound/cache-store.ts';

/** Progress of the preload of one group. */
export interface PreloadProgress {
  readonly group: string;
  readonly state: 'waiting' | 'running' | 'complete' | 'partial' | 'failed' | 'skipped';
  /** Entries added so far, without negative ones. A key that the source answers again is not counted again. */
  readonly entries: number;
  /** Why the preload is not complete. */
  readonly reason?: string;
}

/** Counters since the process started. */
export interface Counts {
  /** Fresh entries served. */
  readonly hits: number;
  /** Expired entries served. */
  readonly staleHits: number;
  /** Reads answered from the source, including shared reads. */
  readonly misses: number;
  /** Misses that shared another reader's read. */
  readonly collapsed: number;
  /** Requests that ended in a failure. */
  readonly failures: number;
  /** Calls to the source. */
  readonly sourceReads: number;
  /** Calls to the source that failed. */
  readonly sourceFailures: number;
}

/** Counters of one group in observe mode, since the process started. */
export interface Observation {
  readonly group: string;
  /** Entries that were read. */
  readonly reads: number;
  /** Reads that the cache would have answered. */
  readonly hits: number;
  /** Hits that equal the source's answer. The other items were changed by writes that bypass the cache. */
  readonly right: number;
  /** Estimated capacity that the source charged for the hits, in its own units. */
  readonly savedUnits: number;
}

/** Counters of the journal that keeps environments coherent, since the process started. */
export interface CoherenceCounts {
  /** Reads of the journal. */
  readonly checks: number;
  readonly failedChecks: number;
  /** Milliseconds that successful checks took, together. */
  readonly checkMs: number;
  /** Writes that were announced. */
  readonly announcements: number;
  readonly failedAnnouncements: number;
  /** Changes that the journal named key by key, because its ring reached back far enough. */
  readonly changedKeys: number;
  /** Stripes that the journal named instead, because it did not. */
  readonly changedStripes: number;
  /** Reads that did not use memory, because the journal could not be read. */
  readonly bypassedReads: number;
}

/** Counters of the second tier that environments share, since the process started. */
export interface TierCounts {
  /** Entries that it answered. */
  readonly hits: number;
  /** Entries that it did not have, or no longer fresh. */
  readonly misses: number;
  /** Entries that were not used, because they may have changed since they were stored. */
  readonly unproved: number;
  /** Calls that failed or took too long. */
  readonly failures: number;
  /** Entries that were stored for other environments. */
  readonly stored: number;
}

/** The state and the counters of the process. */
export interface Status {
  readonly store: StoreUsage;
  readonly counts: Counts;
  readonly preload: readonly PreloadProgress[];
  /** Absent if no group is observed. */
  readonly observed?: readonly Observation[];
  /** Operations that were forwarded without a cache lookup, by reason. Absent if there were no such operations. */
  readonly forwarded?: Readonly<Record<string, number>>;
  /** Absent if no group has a journal. */
  readonly coherence?: CoherenceCounts;
  /** Absent if there is no second tier. */
  readonly tier?: TierCounts;
}

/** Inbound: reports state and counters. */
export interface StatusReader {
  status(): Status;
}
