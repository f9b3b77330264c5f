import { SourceTimeoutError, type TransientError } from '../../../src/domain/cache/errors.ts';
import type { AttributeMap } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { NotForwardedError } from '../../../src/ports/inbound/wire-operations.ts';
import type { Chance } from '../chance.ts';
import type { FakeClock } from '../fakes/fake-clock.ts';

/** What lay under a key from `at` on. */
export interface Version {
  /** In milliseconds that have passed. */
  readonly at: number;
  readonly item: AttributeMap | undefined;
}

/** That a write was done to a key, or that it saw what lay there: place of the version among all of the key. */
export interface Sighting {
  readonly key: string;
  readonly version: number;
  readonly at: number;
}

/** How long an ordinary read may lag behind at most. */
export const LAG_MS = 500;

const NOTHING: Version = { at: Number.NEGATIVE_INFINITY, item: undefined };

/** Items with their whole past, so that it can be read what was there a moment ago. */
export class LaggingTables {
  readonly #clock: Pick<FakeClock, 'passedMs'>;
  readonly #pasts = new Map<string, Version[]>();

  constructor(clock: Pick<FakeClock, 'passedMs'>) {
    this.#clock = clock;
  }

  /** Every version of a key, the oldest first; before all of them there was nothing. */
  past(key: string): readonly Version[] {
    return this.#pasts.get(key) ?? [NOTHING];
  }

  now(key: string): AttributeMap | undefined {
    return this.past(key).at(-1)?.item;
  }

  /** What an ordinary read sees that lags so many milliseconds. */
  lagging(key: string, lagMs: number): AttributeMap | undefined {
    const image = this.#clock.passedMs - lagMs;
    return this.past(key).findLast(({ at }) => at <= image)?.item;
  }

  put(key: string, item: AttributeMap | undefined): Sighting {
    const past = this.#pasts.get(key) ?? [NOTHING];
    this.#pasts.set(key, past);
    const at = this.#clock.passedMs;
    past.push({ at, item });
    return { key, version: past.length - 1, at };
  }

  seen(key: string): Sighting {
    return { key, version: this.past(key).length - 1, at: this.#clock.passedMs };
  }
}

interface ItemRequest {
  readonly TableName: string;
  readonly Key: AttributeMap;
  readonly Item: AttributeMap;
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ReturnConsumedCapacity?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeValues?: AttributeMap;
}

/** What was done, and what is answered. */
export interface Outcome {
  readonly status: number;
  readonly answer: object;
  readonly sightings: readonly Sighting[];
}

/** The operations that the clients of the model use, done as DynamoDB does them, all at one moment. */
export class LaggingDynamoDb {
  readonly #tables: LaggingTables;
  readonly #chance: Chance;

  constructor(tables: LaggingTables, chance: Chance) {
    this.#tables = tables;
    this.#chance = chance;
  }

  do(operation: string, body: string): Outcome {
    const request = JSON.parse(body);
    switch (operation) {
      case 'GetItem':
        return done({ ...itemMember(this.#read(request)), ...consumed(request) });
      case 'Query': {
        const item = this.#read({ ...request, Key: { id: request.ExpressionAttributeValues[':id'] } });
        return done({ Items: item === undefined ? [] : [item], Count: item === undefined ? 0 : 1 });
      }
      case 'BatchGetItem':
        return this.#batchGet(request.RequestItems);
      case 'PutItem':
        return this.#write(request, keyOf(request.TableName, request.Item), request.Item);
      case 'DeleteItem':
        return this.#write(request, keyOf(request.TableName, request.Key), undefined);
      case 'UpdateItem':
        return this.#write(request, keyOf(request.TableName, request.Key), {
          ...request.Key,
          v: request.ExpressionAttributeValues[':v'],
        });
      case 'ExecuteStatement': {
        const [, hash] = request.Parameters;
        return this.#write({}, `Items ${hash.S}`, { id: hash, v: request.Parameters[0] });
      }
      case 'BatchWriteItem':
        return this.#batchWrite(request.RequestItems);
      case 'TransactWriteItems':
        return this.#transact(request.TransactItems);
      default:
        throw new Error(`nobody taught the model ${operation}`);
    }
  }

  #read(request: ItemRequest): AttributeMap | undefined {
    const key = keyOf(request.TableName, request.Key);
    const lagMs = this.#chance.fraction() * LAG_MS;
    const item = request.ConsistentRead === true ? this.#tables.now(key) : this.#tables.lagging(key, lagMs);
    return item && projected(item, request);
  }

  #batchGet(items: Readonly<Record<string, Omit<ItemRequest, 'Key'> & { Keys: AttributeMap[] }>>): Outcome {
    const responses: Record<string, AttributeMap[]> = {};
    const unprocessed: Record<string, object> = {};
    for (const [TableName, part] of Object.entries(items)) {
      const { Keys, ...rest } = part;
      const left = this.#chance.oneIn(8) ? Keys.splice(0, 1) : [];
      if (left.length > 0) unprocessed[TableName] = { Keys: left, ...rest };
      responses[TableName] = Keys.map((Key) => this.#read({ ...rest, TableName, Key })).filter(
        (item) => item !== undefined,
      );
    }
    return done({ Responses: responses, UnprocessedKeys: unprocessed });
  }

  #write(request: Partial<ItemRequest>, key: string, item: AttributeMap | undefined): Outcome {
    if (!this.#holds(request, key)) {
      return refused('ConditionalCheckFailedException', [this.#tables.seen(key)]);
    }
    return done({}, [this.#tables.put(key, item)]);
  }

  #batchWrite(
    items: Readonly<
      Record<string, { PutRequest?: { Item: AttributeMap }; DeleteRequest?: { Key: AttributeMap } }[]>
    >,
  ): Outcome {
    const sightings = Object.entries(items).flatMap(([table, writes]) =>
      writes.flatMap(({ PutRequest: put, DeleteRequest: remove }) => {
        if (this.#chance.oneIn(8)) return [];
        return [this.#tables.put(keyOf(table, put?.Item ?? remove?.Key ?? {}), put?.Item)];
      }),
    );
    return done({ UnprocessedItems: {} }, sightings);
  }

  #transact(
    items: readonly { Put?: ItemRequest; Delete?: ItemRequest; ConditionCheck?: ItemRequest }[],
  ): Outcome {
    const requests = items.map(({ Put, Delete, ConditionCheck }) => {
      const request = Put ?? Delete ?? ConditionCheck;
      if (request === undefined) throw new Error('an item of a transaction that does nothing');
      return {
        request,
        key: keyOf(request.TableName, Put?.Item ?? request.Key),
        item: Put?.Item,
        isCheck: ConditionCheck !== undefined,
      };
    });
    if (!requests.every(({ request, key }) => this.#holds(request, key))) {
      return refused('TransactionCanceledException', []);
    }
    const writes = requests.filter(({ isCheck }) => !isCheck);
    return done(
      {},
      writes.map(({ key, item }) => this.#tables.put(key, item)),
    );
  }

  /** The only condition that is known: that `v` is what it is said to be. */
  #holds(
    { ConditionExpression: condition, ExpressionAttributeValues: values }: Partial<ItemRequest>,
    key: string,
  ): boolean {
    return (
      condition === undefined || JSON.stringify(this.#tables.now(key)?.v) === JSON.stringify(values?.[':old'])
    );
  }
}

/** One text for all that name an item: numbers may be written in several ways. */
export const keyOf = (table: string, attributes: AttributeMap): string => {
  const { id, n } = attributes;
  const text = table === 'Items' ? (id && 'S' in id ? id.S : '') : n && 'N' in n ? Number(n.N) : '';
  return `${table} ${text}`;
};

const projected = (item: AttributeMap, request: ItemRequest): AttributeMap => {
  const { ProjectionExpression: expression, ExpressionAttributeNames: names = {} } = request;
  if (expression === undefined) return item;
  const wanted = expression.split(',').map((term) => names[term.trim()] ?? term.trim());
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.includes(name)));
};

const itemMember = (item: AttributeMap | undefined): object => (item === undefined ? {} : { Item: item });

const consumed = ({ ReturnConsumedCapacity: report, TableName }: ItemRequest): object =>
  report === undefined ? {} : { ConsumedCapacity: { TableName, CapacityUnits: 0.5 } };

const done = (answer: object, sightings: readonly Sighting[] = []): Outcome => ({
  status: 200,
  answer,
  sightings,
});

const refused = (type: string, sightings: readonly Sighting[]): Outcome => ({
  status: 400,
  answer: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'no' },
  sightings,
});

/** Learns what an operation did, at the moment at which it was done. */
type OutcomeListener = (outcome: Outcome) => void;

/** What lies between the program and DynamoDB: it takes its time, loses answers and questions, and holds some back for seconds. */
export class UnsteadyNetwork {
  readonly #dynamoDb: LaggingDynamoDb;
  readonly #clock: FakeClock;
  readonly #chance: Chance;
  /** Operations that arrived. */
  calls = 0;

  constructor(dynamoDb: LaggingDynamoDb, clock: FakeClock, chance: Chance) {
    this.#dynamoDb = dynamoDb;
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Rejects with a `TransientError` where no answer came, whether the operation was done, is done yet, or never is. */
  send(operation: string, body: string, listener: OutcomeListener = () => undefined): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const arrive = (): Outcome => {
        this.calls += 1;
        const outcome = this.#dynamoDb.do(operation, body);
        listener(outcome);
        return outcome;
      };
      const fail = (error: TransientError, afterMs: number) =>
        this.#clock.after(afterMs, () => reject(error));
      const outcomeNumber = this.#chance.below(100);
      if (outcomeNumber === 0) fail(new NotForwardedError('no connection'), this.#wayMs());
      else if (outcomeNumber === 1) fail(late(), 300);
      else if (outcomeNumber === 2) {
        this.#clock.after(this.#wayMs(), arrive);
        fail(late(), 300);
      } else if (outcomeNumber === 3) {
        fail(late(), 300);
        this.#clock.after(this.#chance.between(301, 8_000), arrive);
      } else {
        this.#clock.after(this.#wayMs(), () => {
          const outcome = arrive();
          this.#clock.after(this.#wayMs(), () => resolve(outcome));
        });
      }
    });
  }

  #wayMs(): number {
    return this.#chance.oneIn(8) ? this.#chance.between(50, 400) : this.#chance.between(1, 20);
  }
}

const late = () => new SourceTimeoutError('no answer came in time');
