import type { AttributeMap } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { FakeClock } from '../fakes/fake-clock.ts';
import { LAG_MS, type LaggingTables, type Sighting } from './lagging-dynamodb.ts';

/** A write of one client. */
export interface ClientWrite {
  sightings: readonly Sighting[];
  /** When its client was told, and what. */
  told?: { readonly at: number; readonly how: 'done' | 'unknown' };
}

/** Knows which version of each key a read must show at least. */
export class WriteLedger {
  readonly #tables: LaggingTables;
  readonly #clock: FakeClock;
  readonly #floors = new Map<string, number>();
  /** Versions that nobody was told of, with the moment from which on a read without any cache would show them. */
  readonly #untold = new Map<string, { readonly version: number; readonly from: number }[]>();
  /** The floors of each key, with the moment at which they were raised so far. */
  readonly #acknowledged = new Map<string, readonly { readonly at: number; readonly floor: number }[]>();
  /** What was found wrong. */
  readonly faults: string[] = [];
  reads = 0;
  writes = 0;

  constructor(tables: LaggingTables, clock: FakeClock) {
    this.#tables = tables;
    this.#clock = clock;
  }

  /** The write was done now, or saw now what kept it from being done. */
  happened(write: ClientWrite, sightings: readonly Sighting[]): void {
    write.sightings = sightings;
    if (write.told !== undefined) this.#noteUntold(sightings);
  }

  /** The client of the write learns now how it ended. */
  told(write: ClientWrite, how: 'done' | 'unknown'): void {
    this.writes += 1;
    write.told = { at: this.#clock.passedMs, how };
    if (how === 'unknown') this.#noteUntold(write.sightings);
    else this.#acknowledge(write.sightings);
  }

  /** The version that a read which begins now must show at least. */
  floorOf(key: string): number {
    const due = (this.#untold.get(key) ?? []).filter(({ from }) => from <= this.#clock.passedMs);
    for (const { version } of due) this.#raise(key, version);
    if (due.length > 0) {
      this.#untold.set(
        key,
        (this.#untold.get(key) ?? []).filter((each) => !due.includes(each)),
      );
    }
    return this.#floors.get(key) ?? 0;
  }

  /** The version that a read which begins now, and may lag as DynamoDB's own may, must show at least. */
  laggingFloorOf(key: string): number {
    const shownBy = this.#clock.passedMs - LAG_MS;
    return this.#acknowledged.get(key)?.findLast(({ at }) => at <= shownBy)?.floor ?? 0;
  }

  /** Judges what a read showed. */
  judge(how: string, key: string, floor: number, shown: AttributeMap | undefined): void {
    this.reads += 1;
    const past = this.#tables.past(key);
    const version = past.findLastIndex(({ item }) => JSON.stringify(item?.v) === JSON.stringify(shown?.v));
    if (version >= floor) return;
    this.faults.push(
      `${how} of ${key} showed version ${version} of ${past.length - 1}, though ${floor} was acknowledged before it began`,
    );
  }

  #noteUntold(sightings: readonly Sighting[]): void {
    for (const { key, version } of sightings) {
      const list = this.#untold.get(key) ?? [];
      list.push({ version, from: this.#clock.passedMs + LAG_MS });
      this.#untold.set(key, list);
    }
  }

  #acknowledge(sightings: readonly Sighting[]): void {
    for (const { key, version } of sightings) {
      this.#raise(key, version);
      const floor = { at: this.#clock.passedMs, floor: this.#floors.get(key) ?? 0 };
      this.#acknowledged.set(key, [...(this.#acknowledged.get(key) ?? []), floor].slice(-100));
    }
  }

  #raise(key: string, version: number): void {
    this.#floors.set(key, Math.max(version, this.#floors.get(key) ?? 0));
  }
}
