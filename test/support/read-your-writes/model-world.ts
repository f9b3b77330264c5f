import { DynamoDbItemSource } from '../../../src/adapters/dynamodb/dynamodb-item-source.ts';
import type { Upstream } from '../../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { createCache } from '../../../src/application/create-cache.ts';
import type { AdmittedOperations } from '../../../src/application/dynamodb/admitted-operations.ts';
import { ServeOperations } from '../../../src/application/dynamodb/serve-operations.ts';
import { TtlPolicy } from '../../../src/domain/cache/ttl-policy.ts';
import { PLAIN, TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { ConfiguredTables } from '../../../src/domain/dynamodb/model/configured-tables.ts';
import type { Chance } from '../chance.ts';
import { tableSpec } from '../dynamodb/table-spec.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { MapCacheStore } from '../fakes/map-cache-store.ts';
import { PlainDigest } from '../fakes/plain-digest.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { LaggingDynamoDb, LaggingTables, UnsteadyNetwork } from './lagging-dynamodb.ts';
import { type ClientWrite, WriteLedger } from './write-ledger.ts';

/** Long beside the lag, so that what is stored wrongly is seen; short beside a run, so that everything expires. */
const LIFETIMES = {
  ttlMs: 30_000,
  negativeTtlMs: 20_000,
  staleWhileRevalidateMs: 10_000,
  staleIfErrorMs: 60_000,
};
/** Fewer than there are keys, so that some must go. */
const MAX_ENTRIES = 50;
/** Fewer than are written in a window, so that whole tables are marked now and then. */
const MAX_MARKS = 48;

const SPECS = [
  tableSpec({ name: 'Items', hashKey: { name: 'id', type: 'S' }, lifetimes: LIFETIMES, queryTtlMs: 25_000 }),
  tableSpec({ name: 'Numbers', hashKey: { name: 'n', type: 'N' }, lifetimes: LIFETIMES }),
];

/** The endpoint over a DynamoDB that lags, behind a network that fails; all of it in one time. */
export class ModelWorld {
  readonly clock = new FakeClock();
  readonly chance: Chance;
  readonly tables = new LaggingTables(this.clock);
  readonly ledger = new WriteLedger(this.tables, this.clock);
  readonly cache;
  readonly endpoint: AdmittedOperations;
  readonly configured = new ConfiguredTables(SPECS, 'eu-west-1');
  /** By the headers of a request, the write that it is. */
  readonly writes = new WeakMap<object, ClientWrite>();
  readonly #network: UnsteadyNetwork;

  constructor(chance: Chance) {
    this.chance = chance;
    this.#network = new UnsteadyNetwork(
      new LaggingDynamoDb(this.tables, this.chance),
      this.clock,
      this.chance,
    );
    const store = new MapCacheStore({ maxEntries: MAX_ENTRIES });
    this.cache = createCache(
      {
        groups: SPECS.map(({ name, lifetimes, preload }) => ({
          name,
          policy: new TtlPolicy(lifetimes),
          contentTypes: [PLAIN, TYPED],
          preload,
        })),
        source: new DynamoDbItemSource(SPECS, this.#upstream(), this.clock),
        store,
        clock: this.clock,
        random: this.chance,
        digest: new PlainDigest(),
        logger: new RecordingLogger(),
      },
      { refreshesAtOnce: true, writeMarks: MAX_MARKS },
    );
    const { cache, clock, configured: tables } = this;
    this.endpoint = new ServeOperations({ cache, store, clock, tables, forward: this.#forward() });
  }

  #upstream(): Upstream {
    return {
      send: async (call) => {
        const { status, answer } = await this.#network.send(call.operation, JSON.stringify(call.input));
        if (status !== 200) throw new Error('a read that is refused');
        return encode(answer);
      },
    };
  }

  #forward(): AdmittedOperations {
    return {
      execute: async ({ operation, body, headers }) => {
        const write = this.writes.get(headers);
        const { status, answer } = await this.#network.send(operation, decode(body), ({ sightings }) => {
          if (write !== undefined) this.ledger.happened(write, sightings);
        });
        const bytes = encode(answer);
        return {
          status,
          headers: { 'content-type': TYPED },
          body: this.chance.oneIn(2) ? bytes : inPieces(bytes),
        };
      },
    };
  }
}

export const encode = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
export const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

async function* inPieces(bytes: Uint8Array) {
  yield bytes.subarray(0, 3);
  yield bytes.subarray(3);
}
