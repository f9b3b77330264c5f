import type { Counts } from '../ports/inbound/status-reader.ts';

/** Counts what happens; every use case adds to its own lines. */
export class Statistics implements Counts {
  hits = 0;
  staleHits = 0;
  misses = 0;
  collapsed = 0;
  failures = 0;
  sourceReads = 0;
  sourceFailures = 0;

  /** The counts of this moment. */
  snapshot(): Counts {
    return { ...this };
  }
}
