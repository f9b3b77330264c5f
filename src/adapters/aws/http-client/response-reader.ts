import { ChunkReader } from './chunk-reader.ts';
import { UnreadableResponseError } from './transport-error.ts';

/** Receives a response as it is read. */
export interface ResponseListener {
  /** @param bytes length of the body, if the head declares it */
  head(head: ResponseHead, bytes: number | undefined): void;
  /** A piece of the body; valid until this returns. */
  piece(piece: Buffer): void;
}

/** Maximum length of a head, the same as in Node.js. */
const MAX_HEAD_BYTES = 16_384;

/** Maximum number of informational heads (1xx) before the final one. */
const MAX_INFORMATIONAL_HEADS = 16;

const END_OF_HEAD = '\r\n\r\n';

/** Reads one HTTP/1.1 response, not one to HEAD. It is strict: ambiguous responses are rejected. */
export class ResponseReader {
  readonly #listener: ResponseListener;
  #headSoFar: Buffer | undefined;
  #informationalHeads = 0;
  #framing: ResponseFraming | undefined;
  #left = 0;
  #chunks: ChunkReader | undefined;
  #keptForMs: number | undefined;
  #isLast = false;
  #isDone = false;

  constructor(listener: ResponseListener) {
    this.#listener = listener;
  }

  /** Whether the response is complete. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether the body is being read: the final head is complete and no trailers have begun. */
  get isInBody(): boolean {
    return this.#framing !== undefined && this.#chunks?.isInTrailers !== true;
  }

  /** How long the other side keeps an idle connection; undefined if it does not declare it. */
  get keptForMs(): number | undefined {
    return this.#keptForMs;
  }

  /** Whether the connection cannot carry another response. */
  get isLast(): boolean {
    return this.#isLast;
  }

  /**
   * Reads further bytes.
   *
   * @throws {UnreadableResponseError} if the response is invalid or ambiguous
   */
  take(bytes: Buffer): void {
    let rest = bytes;
    while (this.#framing === undefined) {
      const after = this.#takeHead(rest);
      if (after === undefined) return;
      rest = after;
    }
    this.#takeBody(rest);
  }

  /**
   * The connection has ended.
   *
   * @returns whether the response is complete
   */
  end(): boolean {
    this.#isDone ||= this.#framing === 'until-closed';
    return this.#isDone;
  }

  /** Returns the bytes behind the head, or undefined if the head is incomplete. */
  #takeHead(bytes: Buffer): Buffer | undefined {
    const soFar = this.#headSoFar === undefined ? bytes : Buffer.concat([this.#headSoFar, bytes]);
    const text = soFar.toString('latin1', 0, MAX_HEAD_BYTES + END_OF_HEAD.length);
    const end = text.indexOf(END_OF_HEAD);
    if (end === -1 && text.length > MAX_HEAD_BYTES) throw new UnreadableResponseError('the head is too long');
    if (end === -1) {
      refuseUnlikely(text);
      // The given bytes are overwritten by the next read.
      this.#headSoFar = soFar === bytes ? Buffer.from(bytes) : soFar;
      return undefined;
    }
    this.#headSoFar = undefined;
    const head = parseResponseHead(text.slice(0, end));
    if (head.status < 200) this.#passOver(head);
    else this.#begin(head);
    return soFar.subarray(end + END_OF_HEAD.length);
  }

  #passOver({ status }: ResponseHead): void {
    if (status === 101) throw new UnreadableResponseError('the server switched to another protocol');
    this.#informationalHeads += 1;
    if (this.#informationalHeads > MAX_INFORMATIONAL_HEADS) {
      throw new UnreadableResponseError('too many informational heads come before the final one');
    }
  }

  #begin(head: ResponseHead): void {
    const framing = framingOf(head);
    this.#framing = framing;
    this.#left = typeof framing === 'number' ? framing : 0;
    this.#isLast = framing === 'until-closed' || head.isOld || closes(head);
    this.#keptForMs = keptForMs(head);
    if (framing === 'chunked') this.#chunks = new ChunkReader((piece) => this.#listener.piece(piece));
    this.#listener.head(head, typeof framing === 'number' ? framing : undefined);
  }

  #takeBody(bytes: Buffer): void {
    if (this.#framing === 'until-closed') {
      if (bytes.length > 0) this.#listener.piece(bytes);
      return;
    }
    const taken = this.#chunks === undefined ? this.#takeCounted(bytes) : this.#chunks.take(bytes);
    this.#isDone = this.#chunks === undefined ? this.#left === 0 : this.#chunks.isDone;
    // Further bytes mean that sender and reader disagree about the end of the body.
    if (taken < bytes.length) throw new UnreadableResponseError('unsolicited bytes follow the response');
  }

  #takeCounted(bytes: Buffer): number {
    const taken = Math.min(this.#left, bytes.length);
    this.#left -= taken;
    if (taken > 0) this.#listener.piece(taken === bytes.length ? bytes : bytes.subarray(0, taken));
    return taken;
  }
}

const closes = ({ headers: { connection } }: ResponseHead): boolean =>
  connection !== undefined && connection !== 'keep-alive' && /(?:^|[\s,])close(?:[\s,]|$)/i.test(connection);

const keptForMs = ({ headers: { 'keep-alive': said } }: ResponseHead): number | undefined => {
  const seconds = said === undefined ? undefined : /(?:^|[\s,])timeout=(\d{1,9})/i.exec(said)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
};

/** Rejects an incomplete head that is already invalid, without waiting for its end. */
const refuseUnlikely = (text: string): void => {
  const begin = 'HTTP/1.';
  if (!begin.startsWith(text.slice(0, begin.length)))
    throw new UnreadableResponseError('the response is not HTTP/1');
  const lastLine = text.lastIndexOf('\r\n');
  if (lastLine !== -1) parseResponseHead(text.slice(0, lastLine));
  if (/\r[^\n]|[^\r]\n/.test(text))
    throw new UnreadableResponseError('a line of the head does not end with CRLF');
};

/** Status and headers of a response. */
export interface ResponseHead {
  readonly status: number;
  /** By name in lower case. Repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the protocol is HTTP/1.0. */
  readonly isOld: boolean;
}

const STATUS_LINE = /^HTTP\/1\.[01] [1-5]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?$/;

/** The whole head, because checking line by line takes longer. */
const HEAD =
  /^HTTP\/1\.[01] [1-5]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?(?:\r\n[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/;

const MINOR_AT = 'HTTP/1.'.length;
const STATUS_AT = 'HTTP/1.1 '.length;

/**
 * Parses the head of a response (RFC 9112, sections 4 and 5).
 *
 * @param text one character for each byte, without the empty line at the end
 * @throws {UnreadableResponseError} if it is invalid
 */
export const parseResponseHead = (text: string): ResponseHead => {
  if (!HEAD.test(text)) throw unreadable(text);
  const headers: Record<string, string> = {};
  for (let lineEnd = text.indexOf('\r\n'); lineEnd !== -1; ) {
    const start = lineEnd + 2;
    lineEnd = text.indexOf('\r\n', start);
    addHeader(headers, text, start, lineEnd === -1 ? text.length : lineEnd);
  }
  const status = Number(text.slice(STATUS_AT, STATUS_AT + 3));
  return { status, headers, isOld: text.charAt(MINOR_AT) === '0' };
};

const addHeader = (headers: Record<string, string>, text: string, start: number, end: number): void => {
  const colon = text.indexOf(':', start);
  const name = text.slice(start, colon).toLowerCase();
  const value = trimmed(text, colon + 1, end);
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
  headers[name] = before === undefined ? value : `${before}, ${value}`;
};

const unreadable = (text: string): UnreadableResponseError => {
  const isStatusLine = STATUS_LINE.test(text.split('\r\n', 1)[0] ?? '');
  return new UnreadableResponseError(isStatusLine ? 'invalid header line' : 'invalid status line');
};

/** Trims spaces and tabs only; `trim` removes more. */
const trimmed = (text: string, start: number, end: number): string => {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
};

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** The end of a body: after a number of bytes, with the last chunk, or with the connection. */
export type ResponseFraming = number | 'chunked' | 'until-closed';

/**
 * Finds the end of a body (RFC 9112, section 6.3).
 *
 * @throws {UnreadableResponseError} if the end is ambiguous or not declared correctly
 */
const framingOf = ({ status, headers, isOld }: ResponseHead): ResponseFraming => {
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  const hasNoBody = status === 204 || status === 304;
  if (coding !== undefined) {
    if (length !== undefined || isOld || hasNoBody || coding.toLowerCase() !== 'chunked') {
      throw new UnreadableResponseError('Transfer-Encoding does not allow to find the end of the body');
    }
    return 'chunked';
  }
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw new UnreadableResponseError('invalid Content-Length');
  }
  if (hasNoBody) return 0;
  return length === undefined ? 'until-closed' : Number(length);
};
