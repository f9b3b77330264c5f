/*
 * Hand-written HTTP for plain GETs, in place of `node:http`. It buys half of the processor time of a hit on Node.js
 * (docs/maintainers/benchmarks.md, "Hit"). test/adapters/http/server/raw proves it right: it sends the same bytes with and without it,
 * and compares the answers (decision 37).
 */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { PlainAnswer, PlainRequest, RequestHandler } from '../../../../ports/inbound/server.ts';
import { answerHead } from '../answer-head.ts';
import type { ClientConnection, Connections } from '../connections.ts';
import { readRequestHead } from '../request-head.ts';

const METHOD = 'GET ';
const SPACE = 0x20;
const VERSION = ' HTTP/1.1\r\n';
const END_OF_HEAD = '\r\n\r\n';
const TARGET = /^\/[\x21-\x7e]*$/;

/** Headers that decide where the request or the connection ends. To `node:http`, `Proxy-Connection` is `Connection`. */
const FRAMING = /^(?:content-length|transfer-encoding|expect|trailer|proxy-connection)$/i;

/** A plain GET: a whole head without a body. */
export interface PlainGet extends PlainRequest {
  /** Whether the client wants the connection to be closed after the answer. */
  readonly closes: boolean;
}

/** Reads the plain GETs of one connection. */
export class PlainGetReader {
  readonly #maxHeaderBytes: number;
  /** The text after the target of the latest request, and its headers: a client sends the same ones each time. */
  #latestTail = '';
  #latestHeaders: readonly string[] = [];
  #latestCloses = false;

  constructor(maxHeaderBytes: number) {
    this.#maxHeaderBytes = maxHeaderBytes;
  }

  /** Returns the request if the first `length` bytes are exactly one plain GET; undefined for all other bytes. */
  read(bytes: Buffer, length = bytes.length): PlainGet | undefined {
    if (length > this.#maxHeaderBytes) return undefined;
    const targetEnd = bytes.indexOf(SPACE, METHOD.length);
    if (targetEnd === -1 || targetEnd >= length) return undefined;
    // Decoded apart from the headers: the key of a cache entry is a substring, and keeps the whole string in memory.
    const start = bytes.toString('latin1', 0, targetEnd);
    const target = start.slice(METHOD.length);
    if (!start.startsWith(METHOD) || !TARGET.test(target)) return undefined;
    const tail = bytes.toString('latin1', targetEnd, length);
    if (tail !== this.#latestTail) {
      const headers = plainHeadersIn(tail);
      if (headers === undefined) return undefined;
      this.#latestTail = tail;
      this.#latestHeaders = headers;
      this.#latestCloses = headers.some(
        (value, index) => index % 2 === 1 && isClose(headers[index - 1], value),
      );
    }
    return { method: 'GET', target, headers: this.#latestHeaders, closes: this.#latestCloses };
  }
}

const plainHeadersIn = (tail: string): readonly string[] | undefined => {
  const isOneHead =
    tail.startsWith(VERSION) && tail.indexOf(END_OF_HEAD) === tail.length - END_OF_HEAD.length;
  const headers = isOneHead ? parsedHeaders(tail.slice(0, -END_OF_HEAD.length)) : undefined;
  if (headers === undefined) return undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (FRAMING.test(name) || (/^connection$/i.test(name) && !/^(?:keep-alive|close)$/i.test(value)))
      return undefined;
  }
  return headers;
};

const isClose = (name = '', value = ''): boolean => /^connection$/i.test(name) && /^close$/i.test(value);

const parsedHeaders = (tail: string): readonly string[] | undefined => {
  try {
    return readRequestHead(`GET /${tail}`).headers;
  } catch {
    return undefined;
  }
};

/** The head of the answer to a plain GET. @throws {TypeError} if a header cannot be sent */
export const plainAnswerHead = ({ status, headers }: PlainAnswer, closes = false): string => {
  const connection =
    headers.connection === undefined ? `Connection: ${closes ? 'close' : 'keep-alive'}\r\n` : '';
  return `${answerHead(status, headers)}${connection}\r\n`;
};

/** Head and body in one buffer, for one system call. */
export const joinedAnswer = (head: string, body: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(head.length + body.byteLength);
  bytes.write(head, 'latin1');
  bytes.set(body, head.length);
  return bytes;
};

/** The handler of a server: requests that arrive before it wait. */
export class ServedHandler {
  handler: RequestHandler | undefined;
  readonly #given: Promise<void>;
  #announce: () => void = () => undefined;

  constructor() {
    this.#given = new Promise((resolve) => {
      this.#announce = resolve;
    });
  }

  give(handler: RequestHandler): void {
    this.handler = handler;
    this.#announce();
  }

  /** Resolves when the fast path can be asked, and rejects if it cannot be loaded; undefined if it can be asked already. */
  whenReady(): Promise<unknown> | undefined {
    return this.handler === undefined ? this.#given : this.handler.loadFastPath?.();
  }
}

/** Up to this size the body is copied behind its head. Copies of 100 KB take three times the processor time of a second buffer. */
const MAX_JOINED_BYTES = 16_384;
/** With more unsent bytes than this, reading pauses: the client sends requests without reading the answers. */
const MAX_UNSENT_BYTES = 65_536;

/** All connections are read into this buffer, one after the other: what must outlive the call is copied. */
const READ_BUFFER = Buffer.allocUnsafeSlow(65_536);

const copyOf = (bytes: Buffer, length: number): Buffer => Buffer.from(bytes.subarray(0, length));

/** The option `onread` of a socket: its buffer, and what is called with the number of bytes that were read into it. */
export interface OnRead {
  readonly buffer: Buffer;
  readonly callback: (length: number) => boolean;
}

export interface RawConnectionOptions {
  readonly maxHeaderBytes: number;
  readonly served: ServedHandler;
  readonly connections: Pick<Connections<Duplex, ClientConnection>, 'limitOf'>;
  /** Passes the connection to `node:http`, with the bytes read and not answered. It is never given back. */
  readonly handOver: (unanswered: Buffer) => void;
  /** Called when an answer cannot be sent; the connection is closed then. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The server side of a connection that has sent nothing but plain GETs, one at a time. At the first other byte, the
 * connection is handed over.
 */
export class RawConnection {
  readonly #socket: Socket;
  readonly #options: RawConnectionOptions;
  readonly #reader: PlainGetReader;
  #isBusy = false;
  #isHandedOver = false;
  /** Bytes received while a request was answered. */
  #unread: Buffer | undefined;

  /** @param connect makes a socket that reads as its argument says */
  constructor(connect: (onread: OnRead) => Socket, options: RawConnectionOptions) {
    this.#options = options;
    this.#reader = new PlainGetReader(options.maxHeaderBytes);
    this.#socket = connect({ buffer: READ_BUFFER, callback: this.#received });
    this.#socket.on('end', this.#ended);
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Returns true, so that reading continues. */
  readonly #received = (length: number): true => {
    if (this.#isBusy) this.#keep(copyOf(READ_BUFFER, length));
    else if (!this.#isHandedOver && this.#socket.writable) this.#take(READ_BUFFER, length);
    return true;
  };

  /** The client has closed its side. */
  readonly #ended = (): void => {
    this.#socket.end();
  };

  #take(bytes: Buffer, length: number): void {
    const { served, connections } = this.#options;
    const request = this.#reader.read(bytes, length);
    const ready = request && served.whenReady();
    if (request === undefined) this.#handOver(copyOf(bytes, length));
    else if (ready !== undefined) this.#takeWhenReady(ready, copyOf(bytes, length));
    else {
      const answer = served.handler?.fastPath?.(request, connections.limitOf(this.#socket));
      if (answer === undefined) this.#handOver(copyOf(bytes, length));
      else if ('then' in answer) this.#waitFor(answer, (given) => this.#write(given, request.closes));
      else this.#write(answer, request.closes);
    }
  }

  #takeWhenReady(ready: Promise<unknown>, bytes: Buffer): void {
    const isReady = ready.then(
      () => true,
      () => false,
    );
    this.#waitFor(isReady, (canAnswer) => {
      if (canAnswer) this.#take(bytes, bytes.length);
      else this.#handOver(bytes);
    });
  }

  /** Takes no further request until `awaited` is settled and `use` was called. */
  #waitFor<Value>(awaited: Promise<Value>, use: (value: Value) => void): void {
    this.#isBusy = true;
    awaited
      .then((value) => {
        this.#isBusy = false;
        if (this.#socket.writable) use(value);
        this.#takeUnread();
      })
      .catch((error: unknown) => this.#fail(error));
  }

  #write(answer: PlainAnswer, closes: boolean): void {
    try {
      const head = plainAnswerHead(answer, closes);
      if (!this.#socket.writable) return;
      if (answer.body.byteLength <= MAX_JOINED_BYTES) this.#socket.write(joinedAnswer(head, answer.body));
      else this.#writeApart(head, answer.body);
      if (closes || answer.headers.connection === 'close') this.#socket.destroySoon();
      else if (this.#socket.writableLength > MAX_UNSENT_BYTES) this.#waitForClient();
    } catch (error) {
      this.#fail(error);
    }
  }

  #writeApart(head: string, body: Uint8Array): void {
    this.#socket.cork();
    this.#socket.write(head, 'latin1');
    this.#socket.write(body);
    this.#socket.uncork();
  }

  #waitForClient(): void {
    this.#isBusy = true;
    this.#socket.once('drain', () => {
      this.#isBusy = false;
      this.#takeUnread();
    });
  }

  #keep(bytes: Buffer): void {
    this.#unread = this.#unread === undefined ? bytes : Buffer.concat([this.#unread, bytes]);
    this.#socket.pause();
  }

  #takeUnread(): void {
    const bytes = this.#unread;
    if (bytes === undefined || this.#isBusy || !this.#socket.writable) return;
    this.#unread = undefined;
    this.#socket.resume();
    this.#take(bytes, bytes.length);
  }

  #handOver(bytes: Buffer): void {
    const unanswered = this.#unread === undefined ? bytes : Buffer.concat([bytes, this.#unread]);
    this.#unread = undefined;
    this.#isHandedOver = true;
    this.#socket.off('end', this.#ended);
    this.#options.handOver(unanswered);
  }

  #fail(error: unknown): void {
    this.#options.onFailure(error);
    this.#socket.destroy();
  }
}
