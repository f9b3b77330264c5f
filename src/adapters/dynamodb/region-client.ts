import { BatchGetItemCommand, DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type ClientOptions, clientConfig } from './client-config.ts';
import { RawBodies } from './raw-bodies.ts';
import { sdkKey } from './sdk-key.ts';
import type { BatchGetItemRequest, GetItemRequest, ScanRequest, UpstreamCall } from './upstream.ts';
import type { UpstreamAgent } from './upstream-agent.ts';

const CONNECTION_TIMEOUT_MS = 1000;

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

export interface RegionClientOptions extends ClientOptions {
  readonly agent: Pick<UpstreamAgent, 'http' | 'https'>;
}

/** The SDK's client of one region. With `sdk-client.ts` the only file that loads the SDK, so that it can be loaded late. */
export class RegionClient {
  readonly #client: DynamoDBClient;
  readonly #bodies = new RawBodies();

  constructor({ agent, ...options }: RegionClientOptions) {
    this.#client = new DynamoDBClient({
      ...clientConfig(options),
      requestHandler: {
        httpAgent: agent.http,
        httpsAgent: agent.https,
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        logger: silent,
      },
    });
    this.#bodies.watch(this.#client);
  }

  /** The body of the answer. Rejects with the SDK's errors. */
  async send(call: UpstreamCall, signal: AbortSignal): Promise<Uint8Array> {
    const bytes = this.#bodies.of(await this.#outputOf(call, signal));
    if (bytes === undefined) throw new SyntaxError('an answer of another status than 200');
    return bytes;
  }

  #outputOf(call: UpstreamCall, abortSignal: AbortSignal): Promise<object> {
    switch (call.operation) {
      case 'GetItem':
        return this.#client.send(getItem(call.input), { abortSignal });
      case 'BatchGetItem':
        return this.#client.send(batchGetItem(call.input), { abortSignal });
      case 'Scan':
        return this.#client.send(scan(call.input), { abortSignal });
    }
  }
}

const getItem = (input: GetItemRequest): GetItemCommand =>
  new GetItemCommand({ ...input, Key: sdkKey(input.Key) });

const batchGetItem = ({ RequestItems }: BatchGetItemRequest): BatchGetItemCommand =>
  new BatchGetItemCommand({
    RequestItems: Object.fromEntries(
      Object.entries(RequestItems).map(([table, request]) => [
        table,
        { ...request, Keys: request.Keys.map(sdkKey) },
      ]),
    ),
  });

const scan = ({ ExclusiveStartKey: start, ...input }: ScanRequest): ScanCommand =>
  new ScanCommand({ ...input, ...(start === undefined ? {} : { ExclusiveStartKey: sdkKey(start) }) });
