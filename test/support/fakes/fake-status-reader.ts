import type { Status, StatusReader } from '../../../src/ports/inbound/status-reader.ts';

/** A status whose numbers are all different. */
export const sampleStatus: Status = {
  store: { entries: 2, bytes: 345, maxBytes: 67_108_864, maxEntries: 1000, evictions: 3 },
  counts: {
    hits: 40,
    staleHits: 5,
    misses: 6,
    collapsed: 7,
    failures: 8,
    sourceReads: 9,
    sourceFailures: 10,
  },
  preload: [
    { group: 'Products', state: 'complete', entries: 2 },
    { group: 'Prices', state: 'partial', entries: 11, reason: 'out of room' },
  ],
  observed: [{ group: 'Orders', reads: 50, hits: 20, right: 19, savedUnits: 10.5 }],
  forwarded: { consistent_read: 12, write: 13 },
  coherence: {
    checks: 30,
    failedChecks: 31,
    checkMs: 4_500,
    announcements: 32,
    failedAnnouncements: 33,
    changedKeys: 34,
    changedStripes: 35,
    bypassedReads: 36,
  },
  tier: { hits: 40, misses: 41, unproved: 42, failures: 43, stored: 44 },
};

/** Always returns the given status. */
export class FakeStatusReader implements StatusReader {
  readonly #status: Status;

  constructor(status: Status = sampleStatus) {
    this.#status = status;
  }

  status(): Status {
    return this.#status;
  }
}
