import type { StoreUsage } from '../outbound/cache-store.ts';

/** How far the filling of one group before the first invocation came. */
export interface PreloadProgress {
  readonly group: string;
  readonly state: 'waiting' | 'running' | 'complete' | 'partial' | 'failed' | 'skipped';
  /** Entries that are in. */
  readonly entries: number;
  /** Why it is not complete. */
  readonly reason?: string;
}

/** Counts since the start. */
export interface Counts {
  /** Answers from memory that were fresh. */
  readonly hits: number;
  /** Answers from memory that had expired. */
  readonly staleHits: number;
  /** Answers for which the source was asked, shared reads included. */
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

/** What memory would have answered of one group that is only to be observed, since the start. */
export interface Observation {
  readonly group: string;
  /** Entries that were read. */
  readonly reads: number;
  /** Of those, how many memory would have answered. */
  readonly hits: number;
  /** Of those, how many would have been what the source said; the others had been changed past the cache. */
  readonly right: number;
  /** What the source charged for the hits, in its own units, as far as it can be reckoned. */
  readonly savedUnits: number;
}

/** What the program says of itself. */
export interface Status {
  readonly store: StoreUsage;
  readonly counts: Counts;
  readonly preload: readonly PreloadProgress[];
  /** Absent where nothing has been observed. */
  readonly observed?: readonly Observation[];
  /** Operations that were forwarded without a look into the cache, by reason. Absent where there was none. */
  readonly forwarded?: Readonly<Record<string, number>>;
}

/** Inbound: how the cache is doing. */
export interface StatusReader {
  status(): Status;
}
