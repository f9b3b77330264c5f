import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface WireRequest {
  readonly method: string;
  /** As sent, without the query. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  /** As sent and in that order; names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export interface WireReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Cuts the connection instead of answering, or after half of the answer. */
  readonly cut?: 'before-answer' | 'within-answer';
}

/** The values of a header, joined with commas, or undefined if it is missing. */
export function headerOf({ headers }: WireRequest, name: string): string | undefined {
  const values = headers.filter(([each]) => each === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(',');
}

/** Serves on a free port of 127.0.0.1. */
export class WireServer {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async listen(answer: (request: WireRequest) => Promise<WireReply>): Promise<WireServer> {
    const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (incoming, outgoing) => {
      readRequest(incoming)
        .then(answer)
        .then(
          (reply) => send(reply, outgoing),
          // The client is gone before its request was complete.
          () => outgoing.destroy(),
        );
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
    return new WireServer(server, `http://127.0.0.1:${address.port}`);
  }

  /** Closes all connections, including those that wait for an answer. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const url = incoming.url ?? '';
  const mark = url.indexOf('?');
  const { rawHeaders } = incoming;
  return {
    method: incoming.method ?? '',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? '' : url.slice(mark + 1),
    headers: rawHeaders.flatMap((name, index) =>
      index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
    ),
    body: Buffer.concat(chunks),
  };
}

function send({ status, headers, body, cut }: WireReply, outgoing: ServerResponse): void {
  if (cut === 'before-answer') {
    outgoing.destroy();
    return;
  }
  const bytes = Buffer.from(body);
  outgoing.writeHead(status, {
    'x-amzn-RequestId': randomUUID(),
    ...headers,
    'Content-Length': bytes.length,
  });
  if (cut === undefined) {
    outgoing.end(bytes);
    return;
  }
  outgoing.write(bytes.subarray(0, bytes.length / 2), () => outgoing.destroy());
}
