import { TransientError } from '../../../src/domain/cache/errors.ts';
import { hashOf } from '../../../src/domain/cache/journal-page.ts';
import { type AttributeMap, PLAIN, TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { Freshness } from '../../../src/ports/inbound/item-reader.ts';
import type { WireAnswer } from '../../../src/ports/inbound/wire-operations.ts';
import type { Chance } from '../chance.ts';
import { keyOf, type LaggingTables } from '../read-your-writes/lagging-dynamodb.ts';
import { decode, encode } from '../read-your-writes/model-world.ts';
import { byTable, jsonOf } from '../read-your-writes/wire-requests.ts';
import type { FleetEnvironment } from './fleet-environment.ts';
import type { FleetLedger, FleetRead, FleetWrite } from './fleet-ledger.ts';
import { scopeOf } from './fleet-plan.ts';
import type { FleetTime } from './fleet-time.ts';

type Table = 'Items' | 'Numbers';

interface FleetKey {
  readonly table: Table;
  readonly attributes: AttributeMap;
}

export interface ClientParts {
  readonly ledger: FleetLedger;
  readonly tables: LaggingTables;
  readonly time: FleetTime;
  readonly chance: Chance;
  readonly keys: number;
  /** Whether most operations are reads. */
  readonly isQuiet: boolean;
}

/** Reads and writes at random in one environment or another, and has every read judged. */
export class FleetClient {
  readonly #parts: ClientParts;
  #versions = 0;
  /** Operations that have begun. */
  operations = 0;
  /** Operations that have ended. */
  ended = 0;
  /** Defects that an operation threw. */
  readonly faults: string[] = [];

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** Does something. Resolves when it has ended; never, if the environment disappears before that. */
  async act(environment: FleetEnvironment): Promise<void> {
    this.operations += 1;
    try {
      await this.#step(environment);
    } catch (error) {
      if (!(error instanceof TransientError)) this.faults.push(`a client received ${String(error)}`);
    }
    this.ended += 1;
  }

  #step(environment: FleetEnvironment): Promise<void> {
    const { chance } = this.#parts;
    const key = this.#anyKey();
    if (this.#parts.isQuiet && !chance.oneIn(5))
      return chance.oneIn(2) ? this.#query(environment) : this.#getItem(environment, key, {});
    switch (chance.below(30)) {
      case 0:
        return this.#getItem(environment, key, {
          ProjectionExpression: '#v',
          ExpressionAttributeNames: { '#v': 'v' },
        });
      case 1:
      case 2:
        return this.#getItem(environment, key, { ReturnConsumedCapacity: 'TOTAL' });
      case 3:
        return this.#getItem(environment, key, { ConsistentRead: true });
      case 4:
      case 5:
        return this.#batchGet(environment);
      case 6:
      case 7:
      case 8:
      case 9:
        return this.#get(environment, key, chance.oneIn(2) ? 'ItemsAgain' : key.table);
      case 10:
      case 11:
      case 12:
        return this.#query(environment);
      case 13:
      case 14:
        return this.#put(environment, key);
      case 15:
        return this.#write(environment, 'DeleteItem', { TableName: key.table, Key: key.attributes }, [key]);
      case 16:
        return this.#update(environment, key);
      case 17:
        return this.#putConditionally(environment, key);
      case 18:
        return this.#batchWrite(environment);
      case 19:
        return chance.oneIn(2) ? this.#transact(environment) : this.#execute(environment);
      default:
        return this.#getItem(environment, key, {});
    }
  }

  async #getItem(environment: FleetEnvironment, key: FleetKey, options: object): Promise<void> {
    const name = nameOf(key);
    const ruled = environment.readOf(key.table);
    // A consistent read is forwarded and fills nothing: what was in memory before is served after it.
    const read = 'ConsistentRead' in options ? { ...ruled, isConsistent: false } : ruled;
    const floor = this.#parts.ledger.floorOf(name, read);
    const request = { TableName: key.table, Key: key.attributes, ...options };
    const answer = await this.#send(environment, 'GetItem', request);
    if (answer.status !== 200) return;
    this.#parts.ledger.judge(
      `GetItem ${JSON.stringify(options)}`,
      name,
      read,
      floor,
      (await jsonOf(answer)).Item,
    );
  }

  async #query(environment: FleetEnvironment): Promise<void> {
    const key = this.#itemKey();
    const read: FleetRead = { ...environment.readOf('Items'), isConsistent: false, mayLag: true };
    const floor = this.#parts.ledger.floorOf(nameOf(key), read);
    const answer = await this.#send(environment, 'Query', {
      TableName: 'Items',
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': key.attributes.id },
    });
    if (answer.status !== 200) return;
    this.#parts.ledger.judge('Query', nameOf(key), read, floor, (await jsonOf(answer)).Items[0]);
  }

  async #batchGet(environment: FleetEnvironment): Promise<void> {
    const { ledger } = this.#parts;
    const keys = this.#someKeys(4).map((key) => {
      const read = environment.readOf(key.table);
      return { key, read, floor: ledger.floorOf(nameOf(key), read) };
    });
    const answer = await this.#send(environment, 'BatchGetItem', {
      RequestItems: byTable(
        keys.map(({ key }) => key),
        (part) => ({ Keys: part.map(({ attributes }) => attributes) }),
      ),
    });
    if (answer.status !== 200) return;
    const { Responses: responses, UnprocessedKeys: unprocessed } = await jsonOf(answer);
    for (const { key, read, floor } of keys) {
      const isHere = (item: AttributeMap) => keyOf(key.table, item) === nameOf(key);
      if (unprocessed[key.table]?.Keys.some(isHere)) continue;
      ledger.judge('BatchGetItem', nameOf(key), read, floor, responses[key.table].find(isHere));
    }
  }

  /** Reads through the item route. */
  async #get(environment: FleetEnvironment, asked: FleetKey, group: string): Promise<void> {
    const { ledger, chance } = this.#parts;
    const key = group === 'Numbers' ? asked : this.#itemKey();
    const table = environment.tables.all.find(({ spec }) => spec.name === group);
    const entryKey = table?.keyIn(key.attributes);
    if (entryKey === undefined) throw new Error('a key of no table');
    const read = environment.readOf(group);
    const floor = ledger.floorOf(nameOf(key), read);
    const freshness = chance.oneIn(8) ? chance.pick(FRESHNESS) : ANY;
    try {
      const result = await environment.cache.reader.read(entryKey, { contentType: PLAIN, freshness });
      const item = result.outcome === 'found' ? JSON.parse(decode(result.body.bytes)) : undefined;
      ledger.judge(`GET of ${group}`, nameOf(key), read, floor, item && { v: { N: String(item.v) } });
    } catch {
      // No answer, and so no old one.
    }
  }

  #put(environment: FleetEnvironment, key: FleetKey): Promise<void> {
    return this.#write(environment, 'PutItem', { TableName: key.table, Item: this.#item(key) }, [key]);
  }

  #update(environment: FleetEnvironment, key: FleetKey): Promise<void> {
    const request = {
      TableName: key.table,
      Key: key.attributes,
      UpdateExpression: 'SET v = :v',
      ExpressionAttributeValues: { ':v': this.#version() },
    };
    return this.#write(environment, 'UpdateItem', request, [key]);
  }

  #putConditionally(environment: FleetEnvironment, key: FleetKey): Promise<void> {
    const old = this.#parts.chance.oneIn(2) ? this.#parts.tables.now(nameOf(key))?.v : undefined;
    const request = {
      TableName: key.table,
      Item: this.#item(key),
      ConditionExpression: 'v = :old',
      ExpressionAttributeValues: { ':old': old ?? { N: '-1' } },
    };
    return this.#write(environment, 'PutItem', request, [key]);
  }

  #batchWrite(environment: FleetEnvironment): Promise<void> {
    const keys = this.#someKeys(3);
    const write = (key: FleetKey) =>
      this.#parts.chance.oneIn(4)
        ? { DeleteRequest: { Key: key.attributes } }
        : { PutRequest: { Item: this.#item(key) } };
    const request = { RequestItems: byTable(keys, (part) => part.map(write)) };
    return this.#write(environment, 'BatchWriteItem', request, keys);
  }

  #transact(environment: FleetEnvironment): Promise<void> {
    const keys = this.#someKeys(3);
    const items = keys.map((key) => ({ Put: { TableName: key.table, Item: this.#item(key) } }));
    return this.#write(environment, 'TransactWriteItems', { TransactItems: items }, keys);
  }

  /** Updates by PartiQL; half of the statements do not show their key, so that they may change everything. */
  #execute(environment: FleetEnvironment): Promise<void> {
    const key = this.#itemKey();
    const [open, close] = this.#parts.chance.oneIn(2) ? ['((', '))'] : ['', ''];
    const Statement = `UPDATE "Items" SET v=? WHERE ${open}id = ?${close}`;
    const request = { Statement, Parameters: [this.#version(), key.attributes.id] };
    return this.#write(environment, 'ExecuteStatement', request, [key]);
  }

  async #write(
    environment: FleetEnvironment,
    operation: string,
    request: object,
    keys: readonly FleetKey[],
  ): Promise<void> {
    const { ledger, time } = this.#parts;
    const write: FleetWrite = { environment: environment.id, sightings: [], isRefused: false };
    const sentAt = time.passedMs;
    const hashes = new Map(
      keys.map((key) => [nameOf(key), [scopeOf(key.table), hashIn(environment, key)] as const]),
    );
    const isAnnounced = (name: string): boolean => {
      const [scope, hash] = hashes.get(name) ?? [];
      return environment.link.announcements.every(
        (each) =>
          each.state !== 'failed' ||
          each.sentAt < sentAt ||
          each.scope !== scope ||
          (each.changed !== 'everything' && hash !== undefined && !each.changed.includes(hash)),
      );
    };
    let how: 'done' | 'unknown' = 'unknown';
    try {
      await this.#send(environment, operation, request, write);
      how = 'done';
    } finally {
      ledger.told(write, how, isAnnounced);
    }
  }

  async #send(
    environment: FleetEnvironment,
    operation: string,
    request: object,
    write?: FleetWrite,
  ): Promise<WireAnswer> {
    const headers = new Headers({ 'content-type': TYPED });
    if (write !== undefined) environment.writes.set(headers, write);
    const caller = { region: 'eu-west-1' };
    const body = encode(request);
    return environment.endpoint.execute({ operation, headers, body, signal: NEVER, caller });
  }

  #item(key: FleetKey): AttributeMap {
    return { ...key.attributes, v: this.#version() };
  }

  #version(): { readonly N: string } {
    this.#versions += 1;
    return { N: String(this.#versions) };
  }

  #anyKey(): FleetKey {
    const { chance, keys } = this.#parts;
    return chance.oneIn(2) ? this.#itemKey() : numberKey(chance.below(keys));
  }

  #itemKey(): FleetKey {
    return itemKey(this.#parts.chance.below(this.#parts.keys));
  }

  #someKeys(count: number): readonly FleetKey[] {
    const keys = Array.from({ length: count }, () => this.#anyKey());
    return [...new Map(keys.map((key) => [nameOf(key), key])).values()];
  }
}

/** No client gives up. */
const NEVER = new AbortController().signal;
const ANY: Freshness = { kind: 'any' };
const FRESHNESS: readonly [Freshness, ...Freshness[]] = [
  { kind: 'no-cache' },
  { kind: 'max-age', seconds: 2 },
];

export const itemKey = (index: number): FleetKey => ({
  table: 'Items',
  attributes: { id: { S: `i${index}` } },
});
export const numberKey = (index: number): FleetKey => ({
  table: 'Numbers',
  attributes: { n: { N: `${index}` } },
});
const nameOf = ({ table, attributes }: FleetKey): string => keyOf(table, attributes);

const hashIn = ({ tables }: FleetEnvironment, { table, attributes }: FleetKey): number | undefined => {
  const key = tables.all.find(({ spec }) => spec.name === table)?.keyIn(attributes);
  return key && hashOf(key);
};
