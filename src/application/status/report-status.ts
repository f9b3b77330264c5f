import type { Observation, Status, StatusReader } from '../../ports/inbound/status-reader.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Preload } from '../preload/preload.ts';
import type { Statistics } from '../statistics.ts';

export interface ReportStatusParts {
  readonly store: CacheStore;
  readonly statistics: Statistics;
  readonly preload: Preload;
  readonly observations: Observations;
  readonly forwards: ForwardCounts;
}

/** Puts together what the program says of itself. */
export class ReportStatus implements StatusReader {
  readonly #store: CacheStore;
  readonly #statistics: Statistics;
  readonly #preload: Preload;
  readonly #observations: Observations;
  readonly #forwards: ForwardCounts;

  constructor({ store, statistics, preload, observations, forwards }: ReportStatusParts) {
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

/** Counts what the cache would have done, where it is only to be observed. */
export class Observations {
  readonly #byGroup = new Map<string, Observation>();

  /** A read that memory could not have answered. */
  missed(group: string): void {
    const seen = this.#of(group);
    this.#byGroup.set(group, { ...seen, reads: seen.reads + 1 });
  }

  /** A read that memory could have answered: rightly or not, and what the source charged for it. */
  hit(group: string, isRight: boolean, units: number): void {
    const seen = this.#of(group);
    this.#byGroup.set(group, {
      group,
      reads: seen.reads + 1,
      hits: seen.hits + 1,
      right: seen.right + (isRight ? 1 : 0),
      savedUnits: seen.savedUnits + units,
    });
  }

  /** What was observed, group by group. */
  report(): readonly Observation[] {
    return [...this.#byGroup.values()];
  }

  #of(group: string): Observation {
    return this.#byGroup.get(group) ?? { group, reads: 0, hits: 0, right: 0, savedUnits: 0 };
  }
}

/** Counts operations that were forwarded without a look into the cache, by reason. */
export class ForwardCounts {
  readonly #byReason = new Map<string, number>();

  /** @param reason one of a closed set of plain names: each becomes a series of `/metrics` */
  count(reason: string): void {
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + 1);
  }

  /** The counts of this moment, by reason; reasons that did not occur are absent. */
  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#byReason].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }
}
