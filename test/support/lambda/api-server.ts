import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { Refusal } from './refusal.ts';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ApiReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Already encoded. */
  readonly body: string;
}

/** Answers what it knows of, and gives undefined for all else. */
export type Api = (request: ApiRequest) => Promise<ApiReply> | undefined;

/** What Lambda answers to a report. */
export const ACCEPTED: ApiReply = { status: 202, body: JSON.stringify({ status: 'OK' }) };

/** One header, or undefined if it is missing. */
export function header(request: ApiRequest, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}

/** Serves the APIs on a free port of 127.0.0.1. */
export class ApiServer {
  /** `host:port`. */
  readonly address: string;
  readonly #server: Server;

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  /** `refused` hears of every error that is answered. */
  static async listen(
    apis: readonly Api[],
    refused: (request: ApiRequest, refusal: Refusal) => void,
  ): Promise<ApiServer> {
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (incoming, outgoing) => {
      answer(incoming, apis, refused).then(({ status, headers, body }) => {
        outgoing.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
    return new ApiServer(server, `127.0.0.1:${address.port}`);
  }

  /** Ends all connections, those that wait for an event included. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

async function answer(
  incoming: IncomingMessage,
  apis: readonly Api[],
  refused: (request: ApiRequest, refusal: Refusal) => void,
): Promise<ApiReply> {
  const request: ApiRequest = {
    method: incoming.method ?? '',
    path: (incoming.url ?? '').split('?')[0] ?? '',
    headers: incoming.headers,
    body: await readText(incoming),
  };
  try {
    for (const api of apis) {
      const reply = api(request);
      if (reply) return await reply;
    }
    return { status: 404, headers: { 'Content-Type': 'text/plain' }, body: '404 page not found' };
  } catch (error) {
    const refusal = error instanceof Refusal ? error : new Refusal('InternalServerError', String(error), 500);
    refused(request, refusal);
    const { errorType, message: errorMessage, status } = refusal;
    return { status, body: JSON.stringify({ errorMessage, errorType }) };
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  incoming.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of incoming) text += chunk;
  } catch {
    // A process that is killed leaves half a request behind; there is nobody to answer.
  }
  return text;
}
