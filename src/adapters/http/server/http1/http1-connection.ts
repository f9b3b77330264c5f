import type { WireAnswer } from '../../../../ports/inbound/wire-operations.ts';
import { MAX_BYTES_AFTER_REFUSAL, SILENT_TICKS, UNREAD_TICKS } from '../connections.ts';
import { bareAnswer } from '../http-date.ts';

import { Http1Exchange } from './http1-exchange.ts';
import { checkBegunHead, MalformedRequestError, measuredBytes, readRequestHead } from './request-head.ts';
import { answerHead, type ByteSocket, SocketWriter } from './socket-writer.ts';

/** Bytes of later requests that are kept while one is answered; beyond that the client has to wait. */
const MAX_AHEAD_BYTES = 65_536;
/** Bytes that a client has yet to read before its next request is begun: it may send many that it does not read the answers to. */
const MAX_UNSENT_BYTES = 65_536;
/** A refused client may send this many more bytes, which are discarded, so that it can still read its answer. */
const MAX_DISCARDED_BYTES = 18 * 1024 * 1024;
/** Up to that, head and body are copied together, which takes less than to write twice. */
const MAX_JOINED_BYTES = 65_536;

const NOTHING = Buffer.alloc(0);

export interface Http1ConnectionOptions {
  readonly maxHeaderBytes: number;
  /** Answers a request: to be followed by one call of `answer`. */
  readonly serve: (exchange: Http1Exchange, connection: Http1Connection) => void;
}

/**
 * The server's side of one connection (RFC 9112). Requests are answered one after the other: behind one without an answer
 * nothing is read but what fits into a small buffer.
 */
export class Http1Connection {
  readonly #socket: ByteSocket;
  readonly #options: Http1ConnectionOptions;
  readonly #writer: SocketWriter;
  #unread: Buffer = NOTHING;
  #exchange: Http1Exchange | undefined;
  #isAnswered = false;
  /** Nothing is answered any more, and what still arrives is thrown away, up to so many bytes. */
  #discardable: number | undefined;
  #discardedOfBody = 0;
  #isAdvancing = false;
  #isPaused = false;
  #receivedSinceTick = false;
  #silentTicks = 0;
  #unsentAtTick = 0;
  #unreadTicks = 0;

  constructor(socket: ByteSocket, options: Http1ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#writer = new SocketWriter(socket);
  }

  received(bytes: Buffer): void {
    this.#receivedSinceTick = true;
    if (this.#discardable !== undefined) {
      this.#discardable -= bytes.length;
      if (this.#discardable < 0) this.destroy();
      return;
    }
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    this.#advance();
  }

  /** The client sends nothing more. */
  ended(): void {
    if (this.#exchange !== undefined) {
      this.#exchange.abandon();
      this.destroy();
    } else if (this.#unread.length > 0 && !this.#isBehind()) this.#refuse('400 Bad Request');
    else void this.#endWhenSent(0);
  }

  drained(): void {
    this.#writer.drained();
    this.#advance();
  }

  closed(): void {
    this.#writer.closed();
    this.#unread = NOTHING;
    this.#exchange?.abandon();
    this.#exchange = undefined;
    this.#discardable = 0;
  }

  /** Counts a tick, which stand still while the process is frozen, and ends a connection that is stuck. An idle one never is. */
  tick(): void {
    const unsent = this.#writer.unsentBytes;
    const isUnread = unsent > 0 && unsent === this.#unsentAtTick;
    this.#silentTicks = this.#isHalfSent() && !this.#receivedSinceTick ? this.#silentTicks + 1 : 0;
    this.#unreadTicks = isUnread ? this.#unreadTicks + 1 : 0;
    this.#receivedSinceTick = false;
    this.#unsentAtTick = unsent;
    if (this.#silentTicks >= SILENT_TICKS || this.#unreadTicks >= UNREAD_TICKS) this.destroy();
  }

  destroy(): void {
    this.#socket.terminate();
    this.closed();
  }

  /**
   * Writes the answer of a request, as fast as the client takes it.
   *
   * @throws what keeps the rest of it from coming; the connection is ended then
   */
  async answer(exchange: Http1Exchange, answer: WireAnswer): Promise<void> {
    if (exchange !== this.#exchange) return;
    const { status, headers, body } = answer;
    const isWhole = body instanceof Uint8Array;
    const hasNoBody = exchange.method === 'HEAD' || status === 204 || status === 304;
    const lacksLength = headers['content-length'] === undefined && status !== 204 && status !== 304;
    const isChunked = !isWhole && lacksLength && !exchange.isOld;
    const closes =
      headers.connection === 'close' || !wantsMore(exchange) || (!isWhole && lacksLength && exchange.isOld);
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
    this.#answered(exchange, closes);
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
      const hasLeft = this.#exchange === undefined;
      this.destroy();
      if (!hasLeft) throw error;
    }
  }

  #writeJoined(head: string, body: Uint8Array): void {
    if (body.byteLength > MAX_JOINED_BYTES) {
      this.#writer.write(Buffer.from(head, 'latin1'));
      this.#writer.write(body);
      return;
    }
    const bytes = Buffer.allocUnsafe(head.length + body.byteLength);
    bytes.write(head, 'latin1');
    bytes.set(body, head.length);
    this.#writer.write(bytes);
  }

  #answered(exchange: Http1Exchange, closes: boolean): void {
    if (exchange !== this.#exchange) return;
    this.#isAnswered = true;
    if (closes) {
      this.#exchange = undefined;
      void this.#endWhenSent(MAX_DISCARDED_BYTES);
    } else {
      if (!exchange.isSent) exchange.discard();
      this.#advance();
    }
  }

  /** Goes on with what has arrived, as far as that is possible now. */
  #advance(): void {
    // An answer that is given at once calls it from within itself.
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      while (this.#step());
    } catch (error) {
      if (!(error instanceof MalformedRequestError)) throw error;
      this.#malformed(error.status);
    } finally {
      this.#isAdvancing = false;
    }
    this.#balance();
  }

  /** Whether there may be another step. */
  #step(): boolean {
    if (this.#discardable !== undefined) return false;
    const exchange = this.#exchange;
    if (exchange === undefined) {
      return this.#unread.length > 0 && !this.#isBehind() && this.#beginExchange();
    }
    if (!exchange.isSent) {
      if (!exchange.takesBody || this.#unread.length === 0) return false;
      const taken = exchange.take(this.#unread);
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
    // Names and values are not all of the head.
    const most = 2 * this.#options.maxHeaderBytes + 4;
    const text = this.#unread.toString('latin1', 0, most);
    const end = text.indexOf('\r\n\r\n');
    if (end === -1) {
      if (this.#unread.length > this.#options.maxHeaderBytes) this.#refuseTooLarge(text);
      else checkBegunHead(text);
      return false;
    }
    const head = readRequestHead(text.slice(0, end));
    if (end > this.#options.maxHeaderBytes && measuredBytes(head) > this.#options.maxHeaderBytes) {
      throw new MalformedRequestError(TOO_LARGE);
    }
    this.#unread = this.#unread.subarray(end + 4);
    const exchange = new Http1Exchange(head, () => this.#advance());
    this.#exchange = exchange;
    this.#isAnswered = false;
    this.#discardedOfBody = 0;
    this.#begun(exchange);
    return true;
  }

  #refuseTooLarge(text: string): void {
    checkBegunHead(text);
    const isCertain = text.length > 2 * this.#options.maxHeaderBytes;
    const names = text.split('\r\n').length;
    if (isCertain || text.length - 4 * names > this.#options.maxHeaderBytes)
      throw new MalformedRequestError(TOO_LARGE);
  }

  #begun(exchange: Http1Exchange): void {
    if (exchange.method === 'CONNECT') throw new MalformedRequestError('405 Method Not Allowed');
    const expectation = exchange.isOld ? undefined : exchange.header('expect');
    if (expectation === undefined) this.#options.serve(exchange, this);
    else if (/^100-continue$/i.test(expectation)) {
      this.#writer.write(Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'));
      this.#options.serve(exchange, this);
    } else void this.answer(exchange, { status: 417, headers: {}, body: NOTHING });
  }

  #countDiscarded(bytes: number): void {
    this.#discardedOfBody += bytes;
    if (this.#discardedOfBody > MAX_DISCARDED_BYTES) this.destroy();
  }

  #malformed(status: string): void {
    const isOwed = this.#exchange !== undefined && !this.#isAnswered && this.#exchange.method !== 'CONNECT';
    this.#exchange?.abandon();
    // With an answer still owed, the client would take the refusal for that answer.
    if (isOwed) this.destroy();
    else this.#refuse(status);
  }

  /** Answers what is no HTTP with a bare `status`, and ends the connection. */
  #refuse(status: string): void {
    this.#exchange = undefined;
    this.#writer.write(Buffer.from(bareAnswer(status)));
    void this.#endWhenSent(MAX_BYTES_AFTER_REFUSAL);
  }

  // Not terminated at once: bytes that nobody read make the kernel reset the connection, answer and all.
  async #endWhenSent(discardable: number): Promise<void> {
    this.#discardable = discardable;
    this.#unread = NOTHING;
    this.#balance();
    await this.#writer.sent();
    this.#socket.end();
  }

  /** Lets the client wait while it is ahead. */
  #balance(): void {
    const isAhead =
      this.#discardable === undefined &&
      (this.#exchange?.isSent === false
        ? this.#unread.length > 0 && !this.#exchange.takesBody
        : (this.#exchange !== undefined || this.#isBehind()) && this.#unread.length > MAX_AHEAD_BYTES);
    if (isAhead === this.#isPaused) return;
    this.#isPaused = isAhead;
    if (isAhead) this.#socket.pause();
    else this.#socket.resume();
  }

  #isHalfSent(): boolean {
    // A client that still reads its answer is not silent.
    if (this.#discardable !== undefined) return this.#writer.unsentBytes === 0;
    if (this.#exchange !== undefined) return !this.#exchange.isSent;
    return this.#unread.length > 0 && !this.#isBehind();
  }

  /** Whether the client has much to read before it is answered again. */
  #isBehind(): boolean {
    return this.#writer.unsentBytes > MAX_UNSENT_BYTES;
  }
}

const TOO_LARGE = '431 Request Header Fields Too Large';

const wantsMore = (exchange: Http1Exchange): boolean => {
  const connection = exchange.header('connection');
  if (connection === undefined) return !exchange.isOld;
  return exchange.isOld ? /(?:^|,)[\t ]*keep-alive[\t ]*(?:,|$)/i.test(connection) : !CLOSE.test(connection);
};

const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i;

/** Empty lines before a request are skipped (RFC 9112, section 2.2). */
const startOfHead = (bytes: Buffer): number => {
  let start = 0;
  while (bytes[start] === 0x0d || bytes[start] === 0x0a) start += 1;
  return start;
};
