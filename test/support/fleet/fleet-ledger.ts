import type { Coherence } from '../../../src/domain/cache/coherence.ts';
import type { AttributeMap } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { LAG_MS, type LaggingTables, type Sighting } from '../read-your-writes/lagging-dynamodb.ts';
import type { FleetTime } from './fleet-time.ts';

/** A version that some reads must show, or a later one. */
interface Promised {
  readonly version: number;
  /** From then on. */
  readonly at: number;
  /** The environment that wrote it. */
  readonly by: number;
  /** Whether other environments were told of it. */
  readonly isAnnounced: boolean;
}

/** A write of one client. */
export interface FleetWrite {
  readonly environment: number;
  sightings: readonly Sighting[];
  /** Whether the sightings are only what was seen: the write changed nothing. */
  isRefused: boolean;
  told?: {
    readonly at: number;
    readonly how: 'done' | 'unknown';
    readonly isAnnounced: (key: string) => boolean;
  };
}

/** Under what rule a read is judged. */
export interface FleetRead {
  readonly environment: number;
  readonly group: string;
  readonly coherence: Coherence;
  /** When its invocation began. */
  readonly invokedAt: number;
  /** The longest age of what memory may answer, whatever was written elsewhere. */
  readonly maxAgeMs: number;
  /** Whether all reads of the group from DynamoDB are consistent, so that no later read shows an older version. */
  readonly isConsistent: boolean;
  /** Whether it was alone on its way to DynamoDB, now that it is answered. */
  readonly isSingle: () => boolean;
  /** Whether it may miss what was written a moment ago, as DynamoDB's own reads may. */
  readonly mayLag?: boolean;
  /** Whether it may show an expired entry that others have changed, now that it is answered. */
  readonly mayBeStale: () => boolean;
}

/** What a read must show at least, and why. */
export interface Floor {
  readonly version: number;
  readonly reason: string;
  /** The least version in an outage of DynamoDB and the journal, in which stale entries may be served. */
  readonly inOutage: number;
}

/** Knows which version of each key a read must show at least, by what each kind of coherence promises. */
export class FleetLedger {
  readonly #tables: LaggingTables;
  readonly #time: FleetTime;
  readonly #promised = new Map<string, Promised[]>();
  /** The latest version that each environment has shown, by group and key. */
  readonly #shown = new Map<string, number>();
  #journalResetAt = Number.NEGATIVE_INFINITY;
  readonly faults: string[] = [];
  reads = 0;
  writes = 0;

  constructor(tables: LaggingTables, time: FleetTime) {
    this.#tables = tables;
    this.#time = time;
  }

  /** All announcements are lost now. */
  journalWasReset(): void {
    this.#journalResetAt = this.#time.passedMs;
  }

  /** The write was done now, or saw now what kept it from being done. */
  happened(write: FleetWrite, sightings: readonly Sighting[], isRefused: boolean): void {
    write.sightings = sightings;
    write.isRefused = isRefused;
    if (write.told !== undefined) this.#promiseLater(write);
  }

  /** The client of the write learns now how it ended. */
  told(write: FleetWrite, how: 'done' | 'unknown', isAnnounced: (key: string) => boolean): void {
    this.writes += 1;
    write.told = { at: this.#time.passedMs, how, isAnnounced };
    if (how === 'unknown') this.#promiseLater(write);
    else this.#promise(write, write.told.at);
  }

  /** What a read that begins now must show at least. */
  floorOf(key: string, read: FleetRead): Floor {
    const now = this.#time.passedMs;
    const past = this.#tables.past(key);
    let floor: Floor = { version: 0, reason: 'nothing', inOutage: 0 };
    const raise = (version: number, reason: string, isForOutages = true) => {
      if (isForOutages) floor = { ...floor, inOutage: Math.max(floor.inOutage, version) };
      if (version > floor.version) floor = { ...floor, version, reason };
    };
    for (const { version, at, by, isAnnounced } of this.#promised.get(key) ?? []) {
      if (read.mayLag === true && (past[version]?.at ?? 0) > now - LAG_MS) continue;
      if (by === read.environment && at <= now) raise(version, `written here at ${at}`);
      else if (isAnnounced && isDue(at, read, now)) raise(version, `written by ${by} at ${at}`, false);
      else if (at < now - read.maxAgeMs) raise(version, `older than any lifetime, from ${at}`);
    }
    if (read.isConsistent) raise(this.#shown.get(shownName(key, read)) ?? 0, 'shown before');
    return floor;
  }

  /** Judges what a read showed. */
  judge(how: string, key: string, read: FleetRead, floor: Floor, shown: AttributeMap | undefined): void {
    this.reads += 1;
    const past = this.#tables.past(key);
    const version = past.findLastIndex(({ item }) => JSON.stringify(item?.v) === JSON.stringify(shown?.v));
    const name = shownName(key, read);
    // Of two reads under way at the same time, the one that is answered last may show less.
    if (read.isConsistent && read.isSingle())
      this.#shown.set(name, Math.max(version, this.#shown.get(name) ?? 0));
    if (version >= floor.version || (version >= floor.inOutage && read.mayBeStale())) return;
    const mode = read.coherence.mode === 'interval' ? `${read.coherence.ms} ms` : read.coherence.mode;
    this.faults.push(
      `${how} of ${key} (${mode}) in environment ${read.environment}, invoked at ${read.invokedAt}, showed at ` +
        `${this.#time.passedMs} version ${version} of ${past.length - 1}, though ${floor.version} was promised: ${floor.reason}`,
    );
  }

  #promise({ environment, sightings, isRefused, told }: FleetWrite, at: number): void {
    // It was applied after the journal that said that it might be.
    const isForgotten =
      told !== undefined &&
      told.at <= this.#journalResetAt &&
      sightings.some((each) => each.at >= this.#journalResetAt);
    for (const { key, version } of sightings) {
      const promised = this.#promised.get(key) ?? [];
      const isAnnounced = !isRefused && !isForgotten && told?.isAnnounced(key) === true;
      promised.push({ version, at, by: environment, isAnnounced });
      this.#promised.set(key, promised);
    }
  }

  /** A read without any cache shows it after the lag of a replica. */
  #promiseLater(write: FleetWrite): void {
    const shownFrom = Math.max(...write.sightings.map(({ at }) => at)) + LAG_MS;
    if (write.sightings.length > 0) this.#promise(write, Math.max(shownFrom, write.told?.at ?? 0));
  }
}

const isDue = (at: number, { coherence, invokedAt }: FleetRead, now: number): boolean => {
  if (coherence.mode === 'invocation') return at < invokedAt;
  return coherence.mode === 'interval' && at < now - coherence.ms;
};

const shownName = (key: string, { environment, group }: FleetRead): string =>
  `${environment} ${group} ${key}`;
