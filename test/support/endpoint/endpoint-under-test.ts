import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { AwsForwarder } from '../../../src/adapters/aws/aws-forwarder.ts';
import type { Settings } from '../../../src/adapters/config/settings.ts';
import { NodeHttpServer } from '../../../src/adapters/http/server/node-server.ts';
import { createContainer } from '../../../src/bootstrap/container.ts';
import { tableSpec } from '../dynamodb/table-spec.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { settingsOf } from '../settings.ts';

/** Past web-standard objects, or through them, as where the runtime's own server gives and takes those. */
export type Way = 'raw' | 'web';

/** The extension within this process, as SDKs meet it, in front of a DynamoDB. */
export class EndpointUnderTest {
  readonly #server: NodeHttpServer;
  readonly #forwarder: AwsForwarder;
  readonly #clients: DynamoDBClient[] = [];

  private constructor(server: NodeHttpServer, forwarder: AwsForwarder) {
    this.#server = server;
    this.#forwarder = forwarder;
  }

  /** @param upstream URL of the DynamoDB */
  static async inFrontOf(
    upstream: string,
    given: Partial<Settings> = {},
    way: Way = 'raw',
  ): Promise<EndpointUnderTest> {
    const settings = settingsOf({
      tables: [tableSpec({ name: 'Users', hashKey: { name: 'id', type: 'S' } })],
      dynamoDbEndpoint: upstream,
      region: 'us-east-1',
      ...given,
    });
    const server = new NodeHttpServer(settings);
    // The program's own logger listens for errors of stdout, once for each test file, which would all add up in one process.
    const program = createContainer(settings, { server, logger: new RecordingLogger() });
    const forwarder = program.get('operationForwarder');
    if (!(forwarder instanceof AwsForwarder)) throw new TypeError('another forwarder than expected');
    await server.listen();
    const handler = program.get('requestHandler');
    await program.get('deferredHandler').load();
    await server.serve(
      way === 'raw' ? handler : (request, connection) => handler(request, connection),
      program.get('logger'),
    );
    return new EndpointUnderTest(server, forwarder);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** A client of the SDK that is pointed here, and closed together with this. */
  client(config: DynamoDBClientConfig = {}): DynamoDBClient {
    const client = new DynamoDBClient({ endpoint: this.url, region: 'us-east-1', maxAttempts: 1, ...config });
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.#server.close();
    this.#forwarder.close();
  }
}
