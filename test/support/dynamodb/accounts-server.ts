import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { parseTableArn } from '../../../src/domain/dynamodb/model/table-identity.ts';

/** A request that arrived: by whom, where it was sent to, and which tables it named. */
export interface AccountCall {
  readonly operation: string;
  readonly accessKeyId: string;
  readonly region: string;
  readonly tables: readonly string[];
}

/**
 * A DynamoDB of all accounts and regions. Every table exists everywhere, with the hash key `id` and each item. Its attribute
 * `at` says in which account and region it was read. A name without an ARN is that of a table in the account of the key.
 */
export class AccountsServer {
  readonly calls: AccountCall[] = [];
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** @param accountOf the account of an access key */
  static async start(accountOf: (accessKeyId: string) => string): Promise<AccountsServer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    const accounts = new AccountsServer(server, `http://127.0.0.1:${address.port}`);
    server.on('request', (request, response) => {
      bodyOf(request).then((body) => {
        const answer = accounts.#answer(request, body, accountOf);
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify(answer));
      });
    });
    return accounts;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #answer(
    { headers }: IncomingMessage,
    body: RequestBody,
    accountOf: (accessKeyId: string) => string,
  ): object {
    const [, accessKeyId = '', region = ''] =
      /Credential=([^/]+)\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
    const operation = String(headers['x-amz-target']).replace(/^.*\./, '');
    const tables = body.RequestItems === undefined ? [body.TableName ?? ''] : Object.keys(body.RequestItems);
    this.calls.push({ operation, accessKeyId, region, tables });
    const at = (table: string): string => {
      const arn = parseTableArn(table);
      if (arn !== undefined && arn.region !== region) throw new Error('an ARN of another region');
      return `${arn?.account ?? accountOf(accessKeyId)}/${region}`;
    };
    const item = (table: string, key: object) => ({ ...key, at: { S: at(table) } });
    const [table = ''] = tables;
    if (body.RequestItems !== undefined) {
      const parts = Object.entries(body.RequestItems);
      return {
        Responses: Object.fromEntries(
          parts.map(([name, { Keys = [] }]) => [name, Keys.map((key) => item(name, key))]),
        ),
        UnprocessedKeys: {},
      };
    }
    if (operation === 'GetItem') return { Item: item(table, body.Key ?? {}) };
    if (operation === 'Scan')
      return {
        Count: 1,
        Items: [item(table, { id: { S: 'one' } })],
        ...(body.Limit === undefined ? {} : { LastEvaluatedKey: { id: { S: 'one' } } }),
      };
    return {};
  }
}

interface RequestBody {
  readonly TableName?: string;
  readonly Key?: object;
  readonly Limit?: number;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly object[] }>>;
}

const bodyOf = async (request: IncomingMessage): Promise<RequestBody> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
};
