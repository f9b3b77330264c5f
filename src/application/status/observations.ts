import type { Observation } from '../../ports/inbound/status-reader.ts';

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
