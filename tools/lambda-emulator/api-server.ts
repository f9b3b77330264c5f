import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { connect } from 'node:net';

/** Thrown for a call that the API answers with an error. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly errorType: string;
  readonly status: number;

  constructor(errorType: string, message: string, status = 403) {
    super(message);
    this.errorType = errorType;
    this.status = status;
  }
}

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

/** Answers the routes of one API; returns undefined for any other route. */
export type Api = (request: ApiRequest) => Promise<ApiReply> | undefined;

/** The answer to a report or a response. */
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

  /** @param refused called for every error answer */
  static async listen(
    apis: readonly Api[],
    refused: (request: ApiRequest, error: ApiError) => void,
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

  /** Closes all connections, including those that wait for an event. */
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
  refused: (request: ApiRequest, error: ApiError) => void,
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
    const answered =
      error instanceof ApiError ? error : new ApiError('InternalServerError', String(error), 500);
    refused(request, answered);
    const { errorType, message: errorMessage, status } = answered;
    return { status, body: JSON.stringify({ errorMessage, errorType }) };
  }
}

async function readText(incoming: IncomingMessage): Promise<string> {
  incoming.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of incoming) text += chunk;
  } catch {
    // A killed process leaves half a request, and nobody waits for the answer.
  }
  return text;
}

/** Whether something accepts connections on the port of 127.0.0.1. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
