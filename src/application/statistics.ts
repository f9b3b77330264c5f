import type { Counts } from '../ports/inbound/status-reader.ts';

/** The counters of the cache, since the process started. */
export class Statistics implements Counts {
  hits = 0;
  staleHits = 0;
  misses = 0;
  collapsed = 0;
  failures = 0;
  sourceReads = 0;
  sourceFailures = 0;

  /** A copy of the current counts. */
  snapshot(): Counts {
    return { ...this };
  }
}
