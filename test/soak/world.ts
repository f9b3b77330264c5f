import { Chronology } from '../support/application/chronology.ts';
import { Chance } from '../support/chance.ts';
import { Ledger } from './ledger.ts';
import { Origin } from './origin.ts';
import { type Place, placesOf } from './place.ts';
import { Requests } from './requests.ts';
import { type SoakTable, soakTables } from './tables.ts';
import { Weather } from './weather.ts';

/** Small, so that everything evicts something and every crowd has to wait. */
export const LIMITS = {
  maxBytes: 128 * 1_024,
  maxAbsenceBytes: 8 * 1_024,
  maxSourceReads: 8,
  maxWaitingReads: 24,
  timeoutMs: 2_000,
};

/** A row with so much padding is too large to be kept. */
const TOO_LARGE_BYTES = LIMITS.maxBytes / 8;
const PLACES_PER_TABLE = 60;

export interface WorldOptions {
  readonly seed: number;
  /** By how much shorter than usual lifetimes are. */
  readonly hurry: number;
  readonly wallMs: () => number;
}

/** All that surrounds the program: tables, weather, clients, and the record of what happened. */
export class World {
  readonly chance: Chance;
  readonly tables: readonly SoakTable[];
  readonly places: readonly [Place, ...Place[]];
  readonly ledger: Ledger;
  readonly origin: Origin;
  readonly weather: Weather;
  readonly requests: Requests;
  #versions = 0;

  constructor({ seed, hurry, wallMs }: WorldOptions) {
    this.chance = new Chance(seed);
    this.tables = soakTables(hurry);
    this.places = shuffled(
      this.tables.flatMap((table) => placesOf(table, PLACES_PER_TABLE)),
      this.chance,
    );
    this.ledger = new Ledger(new Chronology(), wallMs, { ...LIMITS, maxEntryBytes: TOO_LARGE_BYTES });
    this.origin = new Origin(this.places, this.ledger, this.chance);
    this.weather = new Weather(this.chance);
    this.requests = new Requests(this.places, this.ledger, this.chance);
    for (const place of this.places) this.write(place);
  }

  /** Changes a row behind the cache's back: another version, larger or smaller, or none at all. */
  write(place: Place): void {
    this.#versions += 1;
    const isGone = this.chance.oneIn(5);
    const padding = this.chance.oneIn(40) ? TOO_LARGE_BYTES : this.chance.below(600);
    this.origin.write(place, isGone ? undefined : { version: this.#versions, padding });
  }
}

const shuffled = (list: readonly Place[], chance: Chance): readonly [Place, ...Place[]] => {
  const [first, ...rest] = list
    .map((place) => ({ place, at: chance.fraction() }))
    .sort((left, right) => left.at - right.at)
    .map(({ place }) => place);
  if (first === undefined) throw new RangeError('there are no places');
  return [first, ...rest];
};
