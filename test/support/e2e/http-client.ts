import { Agent, type IncomingHttpHeaders, request } from 'node:http';

/** What a request was answered. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What goes with a request. */
export interface Extras {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Speaks to the extension as a function would, over connections that are kept. */
export class HttpClient {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(port: number) {
    this.#port = port;
  }

  /** Resolves with whatever is answered; rejects if the connection is refused or breaks. */
  request(method: string, path: string, { headers = {}, body }: Extras = {}): Promise<Answer> {
    const options = { host: '127.0.0.1', port: this.#port, agent: this.#agent, method, path, headers };
    return new Promise((resolve, reject) => {
      const outgoing = request(options, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.once('error', reject);
        incoming.once('end', () =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }),
        );
      });
      outgoing.once('error', reject).end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
