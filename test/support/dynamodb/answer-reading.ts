import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { ResponseReader } from '../../../src/adapters/aws/http-client/response-reader.ts';

/** What a reader makes of the bytes of an answer. */
export interface ReadAnswer {
  readonly status: number;
  /** By their names in lower case; values of the same name are joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** One character for each byte. */
  readonly body: string;
}

/** Cuts `bytes` into pieces at these places, each of which may be larger than its length. */
export const splitAt = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((cut, index) => bytes.subarray(cuts[index], cut));
};

/** Reads an answer that arrives in these pieces before the connection ends; undefined if `AnswerReader` refuses it. */
export const readByAnswerReader = (pieces: readonly Buffer[]): ReadAnswer | undefined => {
  let status = 0;
  let headers: ReadAnswer['headers'] = {};
  let body = '';
  const reader = new ResponseReader({
    head: (head) => {
      status = head.status;
      headers = head.headers;
    },
    piece: (piece) => {
      body += piece.toString('latin1');
    },
  });
  try {
    for (const piece of pieces) {
      if (reader.isDone && piece.length > 0) return undefined;
      if (!reader.isDone) reader.take(piece);
    }
  } catch {
    return undefined;
  }
  return reader.isDone || reader.end() ? { status, headers, body } : undefined;
};

const joined = (rawHeaders: readonly string[]): Record<string, string> => {
  const headers: Record<string, string> = {};
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    const value = rawHeaders[index + 1] ?? '';
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  }
  return headers;
};

/** Reads answers with the client of Node.js, from a server on loopback that sends given bytes. */
export class NodeAnswerReading {
  readonly #server: Server;
  #sent: readonly Buffer[] = [];

  constructor() {
    this.#server = createServer({ noDelay: true }, (socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => {
          for (const piece of this.#sent) socket.write(piece);
          socket.end();
        });
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Reads an answer that arrives in these pieces before the connection ends; undefined if the client refuses it. */
  read(pieces: readonly Buffer[]): Promise<ReadAnswer | undefined> {
    this.#sent = pieces;
    const address = this.#server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new Promise((resolve) => {
      const call = request({ port, host: '127.0.0.1', method: 'POST', agent: false }, (response) => {
        let body = '';
        response.setEncoding('latin1');
        response.on('data', (piece: string) => {
          body += piece;
        });
        const headers = joined(response.rawHeaders);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers, body }));
        response.on('error', () => resolve(undefined));
      });
      call.on('error', () => resolve(undefined));
      call.end();
    });
  }
}
