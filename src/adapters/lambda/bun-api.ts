import { type ResponseHead, ResponseReader } from '../aws/http-client/response-reader.ts';
import { BodyCollector } from '../../domain/cache/body-collector.ts';
import { type ApiCall, type ApiResponse, type CallApi, callWith, MAX_API_ANSWER_BYTES } from './api-call.ts';

/** The part of a socket of Bun that this project uses here. */
export interface BunClientSocket {
  /** Writes as many bytes as the system buffers, and returns their number; negative if the connection is closed. */
  write(bytes: Uint8Array): number;
  /** Closes the connection without a reset, which the other side could take for a failure. */
  end(): void;
}

/** The callbacks for one connection. */
export interface BunClientHandler {
  open(socket: BunClientSocket): void;
  /** `bytes` are valid until this returns. */
  data(socket: BunClientSocket, bytes: Buffer): void;
  drain(socket: BunClientSocket): void;
  /** `error` is present if the connection was reset. */
  close(socket: BunClientSocket, error?: Error): void;
  error(socket: BunClientSocket, error: Error): void;
}

/** `Bun.connect`. Its connections have no time-out. Rejects if no connection is made. */
export type BunConnect = (options: {
  readonly hostname: string;
  readonly port: number;
  readonly socket: BunClientHandler;
}) => Promise<unknown>;

/**
 * Makes calls over `Bun.connect`.
 *
 * Not with the `fetch` of Bun: it receives in another thread, so that an INVOKE event comes later than a request that arrived after
 * it, and the read would be answered as in the invocation before. Not with `node:http`: it takes 15 to 25 ms to load in Bun.
 */
export const callOver = (connect: BunConnect): CallApi =>
  callWith(async (runtimeApi, call, markSent) => {
    const { host, hostname, port } = new URL(`http://${runtimeApi}`);
    const response = new ResponseCollector();
    let unsent = requestBytes(host, call);
    const send = (socket: BunClientSocket): void => {
      unsent = unsent.subarray(Math.max(0, socket.write(unsent)));
      if (unsent.byteLength === 0) markSent();
    };
    await connect({
      hostname,
      port: port === '' ? 80 : Number(port),
      socket: {
        open: send,
        drain: send,
        data: (socket, bytes) => {
          if (response.take(bytes)) socket.end();
        },
        close: (_socket, error) => (error === undefined ? response.end() : response.fail(error)),
        error: (_socket, error) => response.fail(error),
      },
    });
    return response.whole;
  });

/** Not in a value: it could end the line or the head. */
const FORBIDDEN_IN_VALUE = /[^\t\x20-\x7e]/;

const requestBytes = (host: string, { method, path, headers, body }: ApiCall): Uint8Array => {
  let head = `${method} /2020-01-01/extension${path} HTTP/1.1\r\nHost: ${host}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (FORBIDDEN_IN_VALUE.test(value)) throw new TypeError(`invalid character in the header ${name}`);
    head += `${name}: ${value}\r\n`;
  }
  if (body !== undefined) head += `Content-Length: ${Buffer.byteLength(body)}\r\n`;
  return Buffer.from(`${head}Connection: close\r\n\r\n${body ?? ''}`);
};

/** Collects one response. */
class ResponseCollector {
  /** Rejects if the response is invalid or incomplete. An early rejection does not count as unhandled. */
  readonly whole: Promise<ApiResponse>;
  readonly #reader: ResponseReader;
  readonly #body = new BodyCollector(MAX_API_ANSWER_BYTES);
  #head: ResponseHead | undefined;
  #resolve: (response: ApiResponse) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor() {
    this.whole = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.whole.catch(() => undefined);
    this.#reader = new ResponseReader({
      head: (head) => {
        this.#head = head;
      },
      piece: (piece) => this.#keep(piece),
    });
  }

  /** Returns whether nothing more is wanted: the response is complete or invalid. */
  take(bytes: Buffer): boolean {
    try {
      this.#reader.take(bytes);
    } catch (error) {
      this.fail(error);
      return true;
    }
    if (this.#reader.isDone) this.#finish();
    return this.#reader.isDone;
  }

  /** The connection is closed. */
  end(): void {
    if (this.#reader.end()) this.#finish();
    else this.fail(new Error('the connection was closed before the answer was complete'));
  }

  fail(error: unknown): void {
    this.#reject(error);
  }

  #keep(piece: Buffer): void {
    // The next read overwrites the piece.
    if (!this.#body.add(Buffer.from(piece))) throw new RangeError('the answer is too long');
  }

  #finish(): void {
    if (this.#head === undefined) return;
    const { status, headers } = this.#head;
    this.#resolve({ status, headers, body: this.#body.whole() });
  }
}
