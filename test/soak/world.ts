import { Chance } from '../support/chance.ts';
import { Chronology } from '../support/model/read-history.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { RequestGenerator } from './generated-request.ts';
import { SourceLedger } from './ledger.ts';
import { Origin } from './origin.ts';
import { type RowKey, rowKeysOf, type SoakTable, soakTables } from './tables.ts';

/** Small, so that entries are evicted and readers wait for admission. */
export const LIMITS = {
  maxBytes: 128 * 1_024,
  maxAbsenceBytes: 8 * 1_024,
  maxSourceReads: 8,
  maxWaitingReads: 24,
  timeoutMs: 2_000,
};

/** A row with this padding is too large for the store. */
const TOO_LARGE_BYTES = LIMITS.maxBytes / 8;
const ROWS_PER_TABLE = 60;

interface WorldOptions {
  readonly seed: number;
  /** The divisor of lifetimes. */
  readonly hurry: number;
  readonly wallMs: () => number;
}

/** The surroundings of the program: tables, fault schedule, requests and the ledger. */
export class World {
  readonly chance: Chance;
  readonly tables: readonly SoakTable[];
  readonly rows: readonly [RowKey, ...RowKey[]];
  readonly ledger: SourceLedger;
  readonly origin: Origin;
  readonly schedule: FaultSchedule;
  readonly requests: RequestGenerator;
  #versions = 0;

  constructor({ seed, hurry, wallMs }: WorldOptions) {
    this.chance = new Chance(seed);
    this.tables = soakTables(hurry);
    this.rows = shuffled(
      this.tables.flatMap((table) => rowKeysOf(table, ROWS_PER_TABLE)),
      this.chance,
    );
    this.ledger = new SourceLedger(new Chronology(), wallMs, { ...LIMITS, maxEntryBytes: TOO_LARGE_BYTES });
    this.origin = new Origin(this.rows, this.ledger, this.chance);
    this.schedule = new FaultSchedule(this.chance);
    this.requests = new RequestGenerator(this.rows, this.ledger, this.chance);
    for (const row of this.rows) this.write(row);
  }

  /** Writes a new version of a row of another size, or removes it, without the knowledge of the cache. */
  write(row: RowKey): void {
    this.#versions += 1;
    const isGone = this.chance.oneIn(5);
    const padding = this.chance.oneIn(40) ? TOO_LARGE_BYTES : this.chance.below(600);
    this.origin.write(row, isGone ? undefined : { version: this.#versions, padding });
  }
}

const shuffled = (list: readonly RowKey[], chance: Chance): readonly [RowKey, ...RowKey[]] => {
  const [first, ...rest] = list
    .map((row) => ({ row, at: chance.fraction() }))
    .sort((left, right) => left.at - right.at)
    .map(({ row }) => row);
  if (first === undefined) throw new RangeError('there are no rows');
  return [first, ...rest];
};
