import type { Coherence } from '../../../src/domain/cache/coherence.ts';
import type { TableSpec } from '../../../src/domain/dynamodb/model/table-spec.ts';
import type { Chance } from '../chance.ts';
import { tableSpec } from '../dynamodb/table-spec.ts';
import { LAG_MS } from '../read-your-writes/lagging-dynamodb.ts';

/** What all environments of a world are configured with, and what happens to them. */
export interface FleetPlan {
  readonly specs: readonly TableSpec[];
  /** By group. `Items` and `ItemsAgain` are two groups of one table. */
  readonly coherence: ReadonlyMap<string, Coherence>;
  readonly environments: number;
  readonly keys: number;
  /** Whether the journal has outages and is reset. */
  readonly hasJournalFaults: boolean;
  /** Whether there are few writes and long pauses, so that the answers to queries are kept. */
  readonly isQuiet: boolean;
  /** Whether many operations have an unknown outcome. */
  readonly isUncertain: boolean;
  /** Whether DynamoDB has outages. */
  readonly hasOutages: boolean;
  /** Whether preloads are configured. */
  readonly preloads: boolean;
  /** Whether environments share what they read in a second tier. */
  readonly hasTier: boolean;
  /** Whether that tier has outages. */
  readonly hasTierFaults: boolean;
  /** Whether environments are copies of a snapshot, which ask nobody before their first invocation. */
  readonly isSnapshot: boolean;
}

const REGION = 'eu-west-1';

/** Name under which writes to a table are announced. */
export const scopeOf = (table: string): string => `${REGION}/${table}`;

export const planOf = (chance: Chance): FleetPlan => {
  const lifetimes = () => ({
    ttlMs: chance.pick([5_000, 20_000, 60_000]),
    negativeTtlMs: chance.pick([0, 10_000]),
    staleWhileRevalidateMs: chance.pick([0, 10_000]),
    staleIfErrorMs: chance.pick([0, 30_000]),
  });
  const items = { hashKey: { name: 'id', type: 'S' }, table: 'Items' } as const;
  const specs = [
    tableSpec({ ...items, name: 'Items', lifetimes: lifetimes(), queryTtlMs: 25_000 }),
    tableSpec({ ...items, name: 'ItemsAgain', lifetimes: lifetimes() }),
    tableSpec({
      name: 'Numbers',
      hashKey: { name: 'n', type: 'N' },
      lifetimes: lifetimes(),
      consistentRead: chance.oneIn(2),
    }),
  ];
  return {
    specs,
    coherence: new Map(specs.map(({ name }) => [name, coherenceOf(chance)])),
    environments: chance.between(2, 6),
    keys: chance.between(1, 5),
    hasJournalFaults: chance.oneIn(2),
    isQuiet: chance.oneIn(4),
    isUncertain: chance.oneIn(4),
    hasOutages: chance.oneIn(4),
    preloads: chance.oneIn(2),
    hasTier: chance.oneIn(2),
    hasTierFaults: chance.oneIn(2),
    isSnapshot: chance.oneIn(4),
  };
};

const coherenceOf = (chance: Chance): Coherence => {
  const kind = chance.below(8);
  if (kind === 0) return { mode: 'ttl' };
  return kind < 5
    ? { mode: 'invocation' }
    : { mode: 'interval', ms: chance.pick([100, 200, 500, 1_000, 3_000]) };
};

/** Longest time by which a call that a freeze has interrupted makes an answer older than its lifetimes allow. */
const FREEZE_SLACK_MS = 20_000;

/** The longest age of what memory may answer, whatever was written elsewhere. */
export const maxAgeOf = ({ lifetimes, queryTtlMs = 0 }: TableSpec): number =>
  Math.max(queryTtlMs, lifetimes.ttlMs, lifetimes.negativeTtlMs) +
  Math.max(lifetimes.staleWhileRevalidateMs, lifetimes.staleIfErrorMs) +
  LAG_MS +
  FREEZE_SLACK_MS;
