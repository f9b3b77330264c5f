/** How many seconds the plots go back. */
const KEPT = 300;
const BYTES_OF_MIB = 1024 * 1024;

const hitsOf = ({ hits, staleHits }) => hits + staleHits;
const requestsOf = (counts) => hitsOf(counts) + counts.misses + counts.failures;

/** Answers of `/health` as points of the plots. Rates come from the difference of two answers. */
export class Samples {
  #last;
  #points = [];

  /** @param atMs the time of the answer, in milliseconds since 1970 */
  add({ counts, store }, atMs) {
    const before = this.#last;
    this.#last = { counts, atMs };
    const point = { at: atMs / 1000, bytes: store.bytes / BYTES_OF_MIB };
    // After a restart, counts begin anew: there is no difference to show.
    if (before !== undefined && requestsOf(counts) >= requestsOf(before.counts) && atMs > before.atMs) {
      const seconds = (atMs - before.atMs) / 1000;
      const requests = requestsOf(counts) - requestsOf(before.counts);
      point.requests = requests / seconds;
      point.reads = Math.max(0, counts.sourceReads - before.counts.sourceReads) / seconds;
      point.failures = Math.max(0, counts.failures - before.counts.failures) / seconds;
      if (requests > 0) point.ratio = (100 * (hitsOf(counts) - hitsOf(before.counts))) / requests;
    }
    this.#points = [...this.#points, point].slice(-KEPT);
  }

  /** The newest point. */
  get latest() {
    return this.#points.at(-1);
  }

  /** The data of one plot: times, then the values of each line. */
  series(plot) {
    const lines = { ratio: ['ratio'], rates: ['requests', 'reads', 'failures'], memory: ['bytes'] }[plot];
    return ['at', ...lines].map((name) => this.#points.map((point) => point[name] ?? null));
  }
}

/** The share of hits since the start, in percent; undefined before the first request. */
export const totalRatio = (counts) =>
  requestsOf(counts) === 0 ? undefined : (100 * hitsOf(counts)) / requestsOf(counts);
