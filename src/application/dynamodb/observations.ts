/** What the cache would have done for one table, since the start. */
export interface Observation {
  readonly table: string;
  /** Items that were read. */
  readonly reads: number;
  /** Of those, how many it would have answered from memory. */
  readonly hits: number;
  /** Of those, how many would have been what DynamoDB said; the others had been changed by others. */
  readonly right: number;
  /** Read units that they consumed. */
  readonly savedReadUnits: number;
}

/** Counts what the cache would have done, where it is only to be observed. */
export class Observations {
  readonly #byTable = new Map<string, Observation>();

  /** A read that memory could not have answered. */
  missed(table: string): void {
    const seen = this.#of(table);
    this.#byTable.set(table, { ...seen, reads: seen.reads + 1 });
  }

  /** A read that memory could have answered: rightly or not, and for so many bytes of the item's JSON. */
  hit(table: string, isRight: boolean, bytes: number): void {
    const seen = this.#of(table);
    this.#byTable.set(table, {
      table,
      reads: seen.reads + 1,
      hits: seen.hits + 1,
      right: seen.right + (isRight ? 1 : 0),
      savedReadUnits: seen.savedReadUnits + readUnits(bytes),
    });
  }

  /** What was observed, table by table. */
  report(): readonly Observation[] {
    return [...this.#byTable.values()];
  }

  #of(table: string): Observation {
    return this.#byTable.get(table) ?? { table, reads: 0, hits: 0, right: 0, savedReadUnits: 0 };
  }
}

/** Of an eventually consistent read: half a unit for every 4 KiB that have begun, and for nothing at all. */
const readUnits = (bytes: number): number => 0.5 * Math.max(1, Math.ceil(bytes / 4_096));
