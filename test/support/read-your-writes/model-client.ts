import { TransientError } from '../../../src/domain/cache/errors.ts';
import { type AttributeMap, PLAIN, TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { WireAnswer } from '../../../src/ports/inbound/wire-operations.ts';
import { keyOf } from './lagging-dynamodb.ts';
import { decode, encode, type ModelWorld } from './model-world.ts';
import { byTable, jsonOf } from './wire-requests.ts';
import type { ClientWrite } from './write-ledger.ts';

interface ModelKey {
  readonly table: 'Items' | 'Numbers';
  readonly attributes: AttributeMap;
}

/** What all clients share. */
export interface SharedState {
  /** Keys that were written last. */
  readonly hot: ModelKey[];
  versions: number;
  operations: number;
  /** The moment, in milliseconds that have passed, until which nobody does anything. */
  quietUntil: number;
}

/** Operations from one rest to the next. */
const CYCLE = 400;
/** Longer than answers may lag behind a write: only after such a rest are answers to queries remembered. */
const REST_MS = 11_000;
/** Operations after a rest that only read, so that there is something in memory before the next write. */
const READING = 48;
/** How many items are queried: few, so that many queries are asked again. */
const QUERIED = 10;

/** Reads and writes at random, and has every read judged. */
export class ModelClient {
  readonly #world: ModelWorld;
  readonly #shared: SharedState;

  constructor(world: ModelWorld, shared: SharedState) {
    this.#world = world;
    this.#shared = shared;
  }

  /** Works until the shared has done so many operations. */
  async run(operations: number): Promise<void> {
    const { chance, clock } = this.#world;
    while (this.#shared.operations < operations) {
      this.#shared.operations += 1;
      const place = this.#shared.operations % CYCLE;
      if (place === 0) this.#shared.quietUntil = clock.passedMs + REST_MS;
      await (place < READING ? this.#read() : this.#step());
      const quietMs = Math.max(0, this.#shared.quietUntil - clock.passedMs);
      await this.#pause(quietMs + chance.between(0, 30));
    }
  }

  /** Reads every key a last time. */
  async readAll(): Promise<void> {
    for (let index = 0; index < 60; index += 1) await this.#getItem(itemKey(index), {});
    for (let index = 0; index < 10; index += 1) await this.#getItem(numberKey(`${index}`), {});
  }

  #read(): Promise<void> {
    return this.#world.chance.oneIn(2) ? this.#query() : this.#getItem(this.#anyKey(), {});
  }

  #step(): Promise<void> {
    const key = this.#anyKey();
    switch (this.#world.chance.below(26)) {
      case 0:
        return this.#getItem(key, {
          ProjectionExpression: '#v, filler',
          ExpressionAttributeNames: { '#v': 'v' },
        });
      case 1:
        return this.#getItem(key, { ReturnConsumedCapacity: 'TOTAL' });
      case 2:
        return this.#getItem(key, { ConsistentRead: true });
      case 3:
      case 4:
        return this.#batchGet();
      case 5:
      case 6:
        return this.#getPlain(key);
      case 7:
      case 8:
        return this.#put(key);
      case 9:
        return this.#write('DeleteItem', { TableName: key.table, Key: key.attributes }, [key]);
      case 10:
        return this.#write(
          'UpdateItem',
          {
            TableName: key.table,
            Key: key.attributes,
            UpdateExpression: 'SET v = :v',
            ExpressionAttributeValues: { ':v': this.#version() },
          },
          [key],
        );
      case 11:
        return this.#putConditionally(key);
      case 12:
        return this.#batchWrite();
      case 13:
        return this.#transact();
      case 14:
        return this.#execute();
      case 15:
      case 16:
        return this.#query();
      default:
        return this.#getItem(key, {});
    }
  }

  async #getItem(key: ModelKey, options: object): Promise<void> {
    const name = keyOf(key.table, key.attributes);
    const floor = this.#world.ledger.floorOf(name);
    const answer = await this.#send('GetItem', { TableName: key.table, Key: key.attributes, ...options });
    if (answer?.status !== 200) return;
    const { Item: item } = await jsonOf(answer);
    this.#world.ledger.judge(`GetItem ${JSON.stringify(options)}`, name, floor, item);
  }

  async #query(): Promise<void> {
    const key = itemKey(this.#world.chance.below(QUERIED));
    const floor = this.#world.ledger.laggingFloorOf(nameOf(key));
    const answer = await this.#send('Query', {
      TableName: key.table,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: { ':id': key.attributes.id },
    });
    if (answer?.status !== 200) return;
    const [item] = (await jsonOf(answer)).Items;
    this.#world.ledger.judge('Query', nameOf(key), floor, item);
  }

  async #batchGet(): Promise<void> {
    const { ledger } = this.#world;
    const keys = distinct(Array.from({ length: 6 }, () => this.#anyKey()));
    const floors = new Map(keys.map((key) => [nameOf(key), ledger.floorOf(nameOf(key))]));
    const answer = await this.#send('BatchGetItem', {
      RequestItems: byTable(keys, (part) => ({ Keys: part.map(({ attributes }) => attributes) })),
    });
    if (answer?.status !== 200) return;
    const { Responses: responses, UnprocessedKeys: unprocessed } = await jsonOf(answer);
    for (const key of keys) {
      const isHere = (item: AttributeMap) => keyOf(key.table, item) === nameOf(key);
      if (unprocessed[key.table]?.Keys.some(isHere)) continue;
      ledger.judge(
        'BatchGetItem',
        nameOf(key),
        floors.get(nameOf(key)) ?? 0,
        responses[key.table].find(isHere),
      );
    }
  }

  async #getPlain(key: ModelKey): Promise<void> {
    const { ledger, configured, cache } = this.#world;
    const entryKey = configured.writeSetOf(key.table)?.[0]?.keyIn(key.attributes);
    if (entryKey === undefined) throw new Error('a key of no table');
    const floor = ledger.floorOf(nameOf(key));
    try {
      const read = await cache.reader.read(entryKey, { contentType: PLAIN, freshness: { kind: 'any' } });
      const item = read.outcome === 'found' ? JSON.parse(decode(read.body.bytes)) : undefined;
      ledger.judge('GET', nameOf(key), floor, item && { v: { N: String(item.v) } });
    } catch {
      // No answer, and so no old one.
    }
  }

  #put(key: ModelKey): Promise<void> {
    return this.#write('PutItem', { TableName: key.table, Item: this.#item(key) }, [key]);
  }

  #putConditionally(key: ModelKey): Promise<void> {
    const old = this.#world.chance.oneIn(2) ? this.#world.tables.now(nameOf(key))?.v : undefined;
    return this.#write(
      'PutItem',
      {
        TableName: key.table,
        Item: this.#item(key),
        ConditionExpression: 'v = :old',
        ExpressionAttributeValues: { ':old': old ?? { N: '-1' } },
      },
      [key],
    );
  }

  #batchWrite(): Promise<void> {
    const keys = distinct(Array.from({ length: 4 }, () => this.#anyKey()));
    const write = (key: ModelKey) =>
      this.#world.chance.oneIn(4)
        ? { DeleteRequest: { Key: key.attributes } }
        : { PutRequest: { Item: this.#item(key) } };
    return this.#write('BatchWriteItem', { RequestItems: byTable(keys, (part) => part.map(write)) }, keys);
  }

  #transact(): Promise<void> {
    const [checked, ...keys] = distinct(Array.from({ length: 4 }, () => this.#anyKey()));
    const condition = { ConditionExpression: 'v = :old', ExpressionAttributeValues: { ':old': { N: '-1' } } };
    const check = { TableName: checked?.table, Key: checked?.attributes, ...condition };
    return this.#write(
      'TransactWriteItems',
      {
        TransactItems: [
          ...(this.#world.chance.oneIn(3) ? [{ ConditionCheck: check }] : []),
          ...keys.map((key) => ({ Put: { TableName: key.table, Item: this.#item(key) } })),
        ],
      },
      keys,
    );
  }

  #execute(): Promise<void> {
    const key = itemKey(this.#world.chance.below(60));
    const isTold = !this.#world.chance.oneIn(8);
    const Statement = `UPDATE "Items" SET v=? WHERE ${isTold ? '' : '(('}id = ?${isTold ? '' : '))'}`;
    return this.#write('ExecuteStatement', { Statement, Parameters: [this.#version(), key.attributes.id] }, [
      key,
    ]);
  }

  async #write(operation: string, request: object, keys: readonly ModelKey[]): Promise<void> {
    const { ledger } = this.#world;
    const write: ClientWrite = { sightings: [] };
    const answer = await this.#send(operation, request, write);
    ledger.told(write, answer === undefined ? 'unknown' : 'done');
    this.#shared.hot.push(...keys);
    this.#shared.hot.splice(0, this.#shared.hot.length - 8);
  }

  /** The answer, if one came. */
  async #send(operation: string, request: object, write?: ClientWrite): Promise<WireAnswer | undefined> {
    const headers = new Headers({ 'content-type': TYPED });
    if (write !== undefined) this.#world.writes.set(headers, write);
    const { signal } = new AbortController();
    const caller = { region: 'eu-west-1' };
    try {
      return await this.#world.endpoint.execute({
        operation,
        headers,
        body: encode(request),
        signal,
        caller,
      });
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      return undefined;
    }
  }

  #item(key: ModelKey): AttributeMap {
    return { ...key.attributes, v: this.#version(), filler: { S: 'x'.repeat(20) } };
  }

  #version(): { readonly N: string } {
    this.#shared.versions += 1;
    return { N: String(this.#shared.versions) };
  }

  #anyKey(): ModelKey {
    const { chance } = this.#world;
    const { hot } = this.#shared;
    if (chance.oneIn(2) && hot.length > 0) return hot[chance.below(hot.length)] ?? itemKey(0);
    const index = chance.below(70);
    return index < 120
      ? itemKey(index)
      : numberKey(chance.pick([`${index - 60}`, `${index - 60}.0`, `0${index - 60}`]));
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#world.clock.after(ms, resolve);
    });
  }
}

const itemKey = (index: number): ModelKey => ({ table: 'Items', attributes: { id: { S: `i${index}` } } });
const numberKey = (text: string): ModelKey => ({ table: 'Numbers', attributes: { n: { N: text } } });
const nameOf = ({ table, attributes }: ModelKey): string => keyOf(table, attributes);

const distinct = (keys: readonly ModelKey[]): readonly ModelKey[] => [
  ...new Map(keys.map((key) => [nameOf(key), key])).values(),
];
