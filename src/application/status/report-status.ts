import type { Status, StatusReader } from '../../ports/inbound/status-reader.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Preload } from '../preload/preload.ts';
import type { Statistics } from '../statistics.ts';
import type { ForwardCounts } from './forward-counts.ts';
import type { Observations } from './observations.ts';

/** Puts together what the program says of itself. */
export class ReportStatus implements StatusReader {
  readonly #store: CacheStore;
  readonly #statistics: Statistics;
  readonly #preload: Preload;
  readonly #observations: Observations;
  readonly #forwards: ForwardCounts;

  constructor(
    store: CacheStore,
    statistics: Statistics,
    preload: Preload,
    observations: Observations,
    forwards: ForwardCounts,
  ) {
    this.#store = store;
    this.#statistics = statistics;
    this.#preload = preload;
    this.#observations = observations;
    this.#forwards = forwards;
  }

  status(): Status {
    const observed = this.#observations.report();
    const forwarded = this.#forwards.snapshot();
    return {
      store: this.#store.usage(),
      counts: this.#statistics.snapshot(),
      preload: this.#preload.progress(),
      ...(observed.length === 0 ? {} : { observed }),
      ...(Object.keys(forwarded).length === 0 ? {} : { forwarded }),
    };
  }
}
