import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';

/** A request that passed, by the id of the key in its signature. */
export interface RoutedCall {
  readonly operation: string;
  readonly accessKeyId: string;
  /** As in the scope of the signature. */
  readonly service: string;
  readonly userAgent: string | undefined;
}

/** Sends each request to the server of the account whose key signed it, as AWS does. */
export class AccountProxy {
  readonly calls: readonly RoutedCall[];
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string, calls: readonly RoutedCall[]) {
    this.#server = server;
    this.url = url;
    this.calls = calls;
  }

  /** @param serverOf the URL of the server for a key and a service */
  static async start(serverOf: (accessKeyId: string, service: string) => string): Promise<AccountProxy> {
    const calls: RoutedCall[] = [];
    const server = createServer({ keepAliveTimeout: 0 }, (incoming, outgoing) => {
      const { headers, method, url } = incoming;
      const [, accessKeyId = '', service = ''] =
        /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)/.exec(headers.authorization ?? '') ?? [];
      calls.push({
        operation: String(headers['x-amz-target']).replace(/^.*\./, ''),
        accessKeyId,
        service,
        userAgent: headers['user-agent'],
      });
      const onward = request(new URL(url ?? '/', serverOf(accessKeyId, service)), {
        method,
        headers,
        agent: false,
      });
      onward.on('response', (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => outgoing.destroy());
      incoming.pipe(onward);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the proxy does not listen');
    return new AccountProxy(server, `http://127.0.0.1:${address.port}`, calls);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}
