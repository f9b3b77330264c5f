import { setImmediate as macrotask } from 'node:timers/promises';
import type { AttributeMap } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { KeySchema } from '../../../src/domain/dynamodb/model/table-spec.ts';
import type { Gate } from '../fakes/gate.ts';
import { FaultProxy } from '../faults/fault-proxy.ts';
import type { ProxiedRequest } from '../faults/proxied-request.ts';
import { callDynamoDb } from './wire.ts';

/** The most requests of one BatchWriteItem. */
const BATCH_LIMIT = 25;

/** A DynamoDB for tests behind a fault proxy. The calls of its own methods bypass the proxy. */
export class DynamoDbServer {
  readonly proxy: FaultProxy;
  readonly #backend: string;
  readonly #stopBackend: () => Promise<void>;

  private constructor(backend: string, proxy: FaultProxy, stopBackend: () => Promise<void>) {
    this.#backend = backend;
    this.proxy = proxy;
    this.#stopBackend = stopBackend;
  }

  /** @param backend endpoint of the true server, and how to end it */
  static async inFrontOf(backend: string, stopBackend: () => Promise<void>): Promise<DynamoDbServer> {
    return new DynamoDbServer(backend, await FaultProxy.inFrontOf(backend), stopBackend);
  }

  get endpoint(): string {
    return this.proxy.endpoint;
  }

  /** The true server's own, for clients whose time is measured. */
  get directEndpoint(): string {
    return this.#backend;
  }

  /** What clients asked, in order. */
  get requests(): readonly ProxiedRequest[] {
    return this.proxy.requests;
  }

  /** Requests that are held up now, and that clients have not given up. */
  get waiting(): number {
    return this.proxy.waiting;
  }

  /** Makes a table, and waits until it can be used. */
  async createTable({ table, hashKey, sortKey }: KeySchema & { readonly table: string }): Promise<void> {
    const keys = sortKey === undefined ? [hashKey] : [hashKey, sortKey];
    await this.#call('CreateTable', {
      TableName: table,
      AttributeDefinitions: keys.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
      KeySchema: keys.map(({ name }, index) => ({
        AttributeName: name,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
      ProvisionedThroughput: { ReadCapacityUnits: 1000, WriteCapacityUnits: 1000 },
    });
    while (!(await this.#call('DescribeTable', { TableName: table })).includes('"ACTIVE"')) await macrotask();
  }

  async put(table: string, item: AttributeMap): Promise<void> {
    await this.#call('PutItem', { TableName: table, Item: item });
  }

  /** Puts many items with `BatchWriteItem`. */
  async putAll(table: string, items: readonly AttributeMap[]): Promise<void> {
    for (let start = 0; start < items.length; start += BATCH_LIMIT) {
      const requests = items.slice(start, start + BATCH_LIMIT).map((Item) => ({ PutRequest: { Item } }));
      await this.#call('BatchWriteItem', { RequestItems: { [table]: requests } });
    }
  }

  async deleteItem(table: string, key: AttributeMap): Promise<void> {
    await this.#call('DeleteItem', { TableName: table, Key: key });
  }

  /** Holds up every request of clients from now on, until the gate is opened. */
  hold(): Gate {
    return this.proxy.hold();
  }

  /** Refuses connections, and keeps what it has. */
  stop(): Promise<void> {
    return this.proxy.disconnect();
  }

  /** Accepts connections again, at the same endpoint. */
  restart(): Promise<void> {
    return this.proxy.connect();
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.#stopBackend();
  }

  #call(operation: string, input: unknown): Promise<string> {
    return callDynamoDb(this.#backend, operation, input);
  }
}
