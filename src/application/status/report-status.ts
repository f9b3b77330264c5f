import type {
  CoherenceCounts,
  Observation,
  Status,
  StatusReader,
  TierCounts,
} from '../../ports/inbound/status-reader.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Preload } from '../preload/preload.ts';
import type { Statistics } from '../statistics.ts';

export interface ReportStatusParts {
  readonly store: CacheStore;
  readonly statistics: Statistics;
  readonly preload: Preload;
  readonly observations: Observations;
  readonly forwards: ForwardCounts;
  readonly coherence: { readonly counts: () => CoherenceCounts } | undefined;
  readonly tier: { readonly counts: TierCounts } | undefined;
}

/** Assembles the status of the cache for `/health`, `/metrics` and metrics publishers. */
export class ReportStatus implements StatusReader {
  readonly #parts: ReportStatusParts;

  constructor(parts: ReportStatusParts) {
    this.#parts = parts;
  }

  status(): Status {
    const { store, statistics, preload, observations, forwards, coherence, tier } = this.#parts;
    const observed = observations.report();
    const forwarded = forwards.snapshot();
    return {
      store: store.usage(),
      counts: statistics.snapshot(),
      preload: preload.progress(),
      ...(observed.length === 0 ? {} : { observed }),
      ...(Object.keys(forwarded).length === 0 ? {} : { forwarded }),
      ...(coherence === undefined ? {} : { coherence: coherence.counts() }),
      ...(tier === undefined ? {} : { tier: { ...tier.counts } }),
    };
  }
}

/** Counts what the cache would have answered for tables in `mode: observe`. */
export class Observations {
  readonly #byGroup = new Map<string, Observation>();

  /** Counts a read that would have been a miss. */
  missed(group: string): void {
    const counts = this.#of(group);
    this.#byGroup.set(group, { ...counts, reads: counts.reads + 1 });
  }

  /** Counts a read that would have been a hit: whether with the same item as the source, and the read units it would have saved. */
  hit(group: string, isRight: boolean, units: number): void {
    const counts = this.#of(group);
    this.#byGroup.set(group, {
      group,
      reads: counts.reads + 1,
      hits: counts.hits + 1,
      right: counts.right + (isRight ? 1 : 0),
      savedUnits: counts.savedUnits + units,
    });
  }

  /** The counts of each group. */
  report(): readonly Observation[] {
    return [...this.#byGroup.values()];
  }

  #of(group: string): Observation {
    return this.#byGroup.get(group) ?? { group, reads: 0, hits: 0, right: 0, savedUnits: 0 };
  }
}

/** Counts operations that bypass the cache, by reason. */
export class ForwardCounts {
  readonly #byReason = new Map<string, number>();

  /** @param reason from a closed set, because each becomes a series of `/metrics` */
  count(reason: string): void {
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + 1);
  }

  /** The current counts by reason, without reasons that did not occur. */
  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#byReason].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }
}
