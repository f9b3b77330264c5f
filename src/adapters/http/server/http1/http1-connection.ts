import type { PlainAnswer, PlainRequest } from '../../../../ports/inbound/server.ts';
import type { WireAnswer } from '../../../../ports/inbound/wire-operations.ts';
import { answerHead, bodylessAnswer } from '../answer-head.ts';
import { MAX_BYTES_AFTER_REJECTION, SILENT_TICKS, UNREAD_TICKS } from '../connections.ts';
import { joinedAnswer, plainAnswerHead, PlainGetReader } from '../raw/raw-listener.ts';
import { checkPartialHead, measuredBytes, readRequestHead } from '../request-head.ts';
import { MalformedRequestError } from '../server-errors.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { type ByteSocket, SocketWriter } from './socket-writer.ts';

/** Bytes of pipelined requests that are buffered while one is answered; above this, reading pauses. */
const MAX_AHEAD_BYTES = 65_536;
/** With more unsent response bytes than this, the next request waits: the client pipelines without reading. */
const MAX_UNSENT_BYTES = 65_536;
/** Bytes discarded after the last response: closing with unread bytes would reset the connection and lose the response. */
const MAX_DISCARDED_BYTES = 18 * 1024 * 1024;
/** Up to this size, head and body are copied into one buffer: one copy is cheaper than two writes. */
const MAX_JOINED_BYTES = 65_536;

const EMPTY = Buffer.alloc(0);

export interface Http1ConnectionOptions {
  readonly maxHeaderBytes: number;
  /** Answers a plain GET without an exchange; undefined for requests that `serve` must receive. Absent to use `serve` only. */
  readonly answerPlainGet?: (request: PlainRequest) => PlainAnswer | Promise<PlainAnswer> | undefined;
  /** Called for each other request, and for an answer that the connection cannot write at once; must call `answer` once. */
  readonly serve: (
    exchange: Http1Exchange,
    connection: Http1Connection,
    given?: PlainAnswer | Promise<PlainAnswer>,
  ) => void;
}

/**
 * The server side of one HTTP/1.1 connection (RFC 9112). Requests are answered one at a time; while one is answered, at most
 * `MAX_AHEAD_BYTES` of later ones are buffered.
 */
export class Http1Connection {
  readonly #socket: ByteSocket;
  readonly #options: Http1ConnectionOptions;
  readonly #writer: SocketWriter;
  readonly #plainGets: PlainGetReader;
  #unread: Buffer = EMPTY;
  #exchange: Http1Exchange | undefined;
  #isAnswered = false;
  /** Set once the connection is closing: the number of received bytes that may still be discarded. */
  #discardableBytes: number | undefined;
  #discardedBodyBytes = 0;
  #isAdvancing = false;
  #isPaused = false;
  #receivedSinceTick = false;
  #silentTicks = 0;
  #sentAtTick = 0;
  #unreadTicks = 0;

  constructor(socket: ByteSocket, options: Http1ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#writer = new SocketWriter(socket);
    this.#plainGets = new PlainGetReader(options.maxHeaderBytes);
  }

  received(bytes: Buffer): void {
    this.#receivedSinceTick = true;
    if (this.#discardableBytes !== undefined) {
      this.#discardableBytes -= bytes.length;
      if (this.#discardableBytes < 0) this.destroy();
      return;
    }
    if (this.#isIdle() && this.#answersPlainGet(bytes)) return;
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    this.#advance();
  }

  #isIdle(): boolean {
    return this.#exchange === undefined && this.#unread.length === 0 && this.#writer.unsentBytes === 0;
  }

  /** Returns whether the bytes were a plain GET, which is answered without the parser and, for a hit, without an exchange. */
  #answersPlainGet(bytes: Buffer): boolean {
    const { answerPlainGet } = this.#options;
    const request = answerPlainGet && this.#plainGets.read(bytes);
    const answer = request?.closes === false ? answerPlainGet?.(request) : undefined;
    if (request === undefined || answer === undefined) return false;
    if (!('then' in answer) && this.#writePlain(answer)) return true;
    const exchange = new Http1Exchange({ ...request, isHttp10: false }, () => this.#advance());
    this.#begin(exchange);
    this.#options.serve(exchange, this, answer);
    return true;
  }

  /** Returns whether the answer is written. */
  #writePlain(answer: PlainAnswer): boolean {
    if (answer.headers.connection !== undefined) return false;
    try {
      this.#writeJoined(plainAnswerHead(answer), answer.body);
      return true;
    } catch {
      return false;
    }
  }

  /** The client has closed its side of the connection. */
  ended(): void {
    if (this.#exchange !== undefined) {
      this.#exchange.abandon();
      this.destroy();
    } else if (this.#unread.length > 0 && !this.#isClientBehind()) this.#reject('400 Bad Request');
    else void this.#endWhenSent(0);
  }

  drained(): void {
    this.#writer.drained();
    this.#advance();
  }

  closed(): void {
    this.#writer.closed();
    this.#unread = EMPTY;
    this.#exchange?.abandon();
    this.#exchange = undefined;
    this.#discardableBytes = 0;
  }

  /**
   * Counts one tick, and closes a connection whose client has stalled for too many. Ticks stop while the process is frozen;
   * an idle connection never counts as stalled.
   */
  tick(): void {
    const { sentBytes, unsentBytes } = this.#writer;
    const isUnread = unsentBytes > 0 && sentBytes === this.#sentAtTick;
    this.#silentTicks = this.#isHalfReceived() && !this.#receivedSinceTick ? this.#silentTicks + 1 : 0;
    this.#unreadTicks = isUnread ? this.#unreadTicks + 1 : 0;
    this.#receivedSinceTick = false;
    this.#sentAtTick = sentBytes;
    if (this.#silentTicks >= SILENT_TICKS || this.#unreadTicks >= UNREAD_TICKS) this.destroy();
  }

  destroy(): void {
    this.#socket.terminate();
    this.closed();
  }

  /**
   * Writes the response to a request at the pace of the client.
   *
   * @throws the error of a body that fails midway; the connection is closed then
   */
  async answer(exchange: Http1Exchange, answer: WireAnswer): Promise<void> {
    if (exchange !== this.#exchange) return;
    const { status, headers, body } = answer;
    const isWhole = body instanceof Uint8Array;
    const hasNoBody = exchange.method === 'HEAD' || status === 204 || status === 304;
    const lacksLength = headers['content-length'] === undefined && status !== 204 && status !== 304;
    const isChunked = !isWhole && lacksLength && !exchange.isHttp10;
    const closes =
      headers.connection === 'close' ||
      !keepsAlive(exchange) ||
      (!isWhole && lacksLength && exchange.isHttp10);
    let head = answerHead(status, headers);
    if (isWhole && lacksLength) head += `Content-Length: ${body.byteLength}\r\n`;
    if (isChunked) head += 'Transfer-Encoding: chunked\r\n';
    if (headers.connection === undefined) head += `Connection: ${closes ? 'close' : 'keep-alive'}\r\n`;
    head += '\r\n';
    if (hasNoBody) this.#writer.write(Buffer.from(head, 'latin1'));
    else if (isWhole) this.#writeJoined(head, body);
    else {
      this.#writer.write(Buffer.from(head, 'latin1'));
      await this.#writePieces(body, isChunked);
    }
    this.#finishAnswer(exchange, closes);
  }

  async #writePieces(pieces: AsyncIterable<Uint8Array>, isChunked: boolean): Promise<void> {
    try {
      for await (const piece of pieces) {
        if (this.#exchange === undefined) return;
        if (piece.byteLength === 0) continue;
        if (isChunked) this.#writer.write(Buffer.from(`${piece.byteLength.toString(16)}\r\n`));
        this.#writer.write(piece);
        if (isChunked) this.#writer.write(Buffer.from('\r\n'));
        await this.#writer.sent();
      }
      if (isChunked) this.#writer.write(Buffer.from('0\r\n\r\n'));
    } catch (error) {
      const isDisconnected = this.#exchange === undefined;
      this.destroy();
      if (!isDisconnected) throw error;
    }
  }

  #writeJoined(head: string, body: Uint8Array): void {
    if (body.byteLength > MAX_JOINED_BYTES) {
      this.#writer.write(Buffer.from(head, 'latin1'));
      this.#writer.write(body);
      return;
    }
    this.#writer.write(joinedAnswer(head, body));
  }

  #finishAnswer(exchange: Http1Exchange, closes: boolean): void {
    if (exchange !== this.#exchange) return;
    this.#isAnswered = true;
    if (closes) {
      this.#exchange = undefined;
      void this.#endWhenSent(MAX_DISCARDED_BYTES);
    } else {
      if (!exchange.isReceived) exchange.discard();
      this.#advance();
    }
  }

  /** Processes the buffered bytes as far as possible. */
  #advance(): void {
    // A request that is answered synchronously calls this method again.
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      while (this.#step());
    } catch (error) {
      if (!(error instanceof MalformedRequestError)) throw error;
      this.#rejectMalformed(error.status);
    } finally {
      this.#isAdvancing = false;
    }
    this.#applyBackpressure();
  }

  /** Returns whether another step may be possible. */
  #step(): boolean {
    if (this.#discardableBytes !== undefined) return false;
    const exchange = this.#exchange;
    if (exchange === undefined) {
      return this.#unread.length > 0 && !this.#isClientBehind() && this.#beginExchange();
    }
    if (!exchange.isReceived) {
      if (!exchange.acceptsBody || this.#unread.length === 0) return false;
      const taken = exchange.takeBody(this.#unread);
      if (this.#isAnswered) this.#countDiscarded(taken);
      this.#unread = this.#unread.subarray(taken);
      return true;
    }
    if (!this.#isAnswered) return false;
    this.#exchange = undefined;
    return true;
  }

  #beginExchange(): boolean {
    const start = startOfHead(this.#unread);
    if (start > 0) this.#unread = this.#unread.subarray(start);
    if (this.#unread.length === 0) return false;
    // The limit covers target, names and values only, so that the whole head may be longer.
    const maxLength = 2 * this.#options.maxHeaderBytes + 4;
    const text = this.#unread.toString('latin1', 0, maxLength);
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) {
      if (this.#unread.length > this.#options.maxHeaderBytes) this.#rejectIfTooLarge(text);
      else checkPartialHead(text);
      return false;
    }
    const head = readRequestHead(text.slice(0, end));
    if (end > this.#options.maxHeaderBytes && measuredBytes(head) > this.#options.maxHeaderBytes) {
      throw new MalformedRequestError(TOO_LARGE);
    }
    this.#unread = this.#unread.subarray(end + 4);
    const exchange = new Http1Exchange(head, () => this.#advance());
    this.#begin(exchange);
    this.#dispatch(exchange);
    return true;
  }

  #begin(exchange: Http1Exchange): void {
    this.#exchange = exchange;
    this.#isAnswered = false;
    this.#discardedBodyBytes = 0;
  }

  #rejectIfTooLarge(text: string): void {
    checkPartialHead(text);
    const isCertain = text.length > 2 * this.#options.maxHeaderBytes;
    const names = text.split('\r\n').length;
    if (isCertain || text.length - 4 * names > this.#options.maxHeaderBytes)
      throw new MalformedRequestError(TOO_LARGE);
  }

  #dispatch(exchange: Http1Exchange): void {
    if (exchange.method === 'CONNECT') throw new MalformedRequestError('405 Method Not Allowed');
    const expectation = exchange.isHttp10 ? undefined : exchange.header('expect');
    if (expectation === undefined) this.#options.serve(exchange, this);
    else if (/^100-continue$/i.test(expectation)) {
      this.#writer.write(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'));
      this.#options.serve(exchange, this);
    } else void this.answer(exchange, { status: 417, headers: {}, body: EMPTY });
  }

  #countDiscarded(bytes: number): void {
    this.#discardedBodyBytes += bytes;
    if (this.#discardedBodyBytes > MAX_DISCARDED_BYTES) this.destroy();
  }

  #rejectMalformed(status: string): void {
    const isAnswerOutstanding =
      this.#exchange !== undefined && !this.#isAnswered && this.#exchange.method !== 'CONNECT';
    this.#exchange?.abandon();
    // While a response is outstanding, the client would take this one for it.
    if (isAnswerOutstanding) this.destroy();
    else this.#reject(status);
  }

  /** Answers a malformed request with `status` and no body, and closes the connection. */
  #reject(status: string): void {
    this.#exchange = undefined;
    this.#writer.write(Buffer.from(bodylessAnswer(status)));
    void this.#endWhenSent(MAX_BYTES_AFTER_REJECTION);
  }

  // Not terminated at once: with unread bytes the kernel resets the connection, and the response is lost.
  async #endWhenSent(discardable: number): Promise<void> {
    this.#discardableBytes = discardable;
    this.#unread = EMPTY;
    this.#applyBackpressure();
    await this.#writer.sent();
    this.#socket.end();
  }

  /** Pauses reading while the client sends faster than its requests are answered. */
  #applyBackpressure(): void {
    const isAhead =
      this.#discardableBytes === undefined &&
      (this.#exchange?.isReceived === false
        ? this.#unread.length > 0 && !this.#exchange.acceptsBody
        : (this.#exchange !== undefined || this.#isClientBehind()) && this.#unread.length > MAX_AHEAD_BYTES);
    if (isAhead === this.#isPaused) return;
    this.#isPaused = isAhead;
    if (isAhead) this.#socket.pause();
    else this.#socket.resume();
  }

  #isHalfReceived(): boolean {
    // A client that still reads its response is not silent.
    if (this.#discardableBytes !== undefined) return this.#writer.unsentBytes === 0;
    if (this.#exchange !== undefined) return !this.#exchange.isReceived;
    return this.#unread.length > 0 && !this.#isClientBehind();
  }

  /** Whether the client must read more of its responses before the next request is processed. */
  #isClientBehind(): boolean {
    return this.#writer.unsentBytes > MAX_UNSENT_BYTES;
  }
}

const TOO_LARGE = '431 Request Header Fields Too Large';

const keepsAlive = (exchange: Http1Exchange): boolean => {
  const connection = exchange.header('connection');
  if (connection === undefined) return !exchange.isHttp10;
  return exchange.isHttp10
    ? /(?:^|,)[\t ]*keep-alive[\t ]*(?:,|$)/i.test(connection)
    : !CLOSE.test(connection);
};

const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i;

/** Empty lines before a request are skipped (RFC 9112, section 2.2). */
const startOfHead = (bytes: Buffer): number => {
  let start = 0;
  while (bytes[start] === 0x0d || bytes[start] === 0x0a) start += 1;
  return start;
};
