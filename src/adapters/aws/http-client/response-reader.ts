import { ChunkReader } from './chunk-reader.ts';
import { UnreadableResponseError } from './transport-error.ts';

/** Who is told of an answer as it comes. */
export interface ResponseListener {
  /** @param bytes of the body, where its head says how many */
  head(head: ResponseHead, bytes: number | undefined): void;
  /** A piece of the body, which is valid until this returns. */
  piece(piece: Buffer): void;
}

/** Of a head; as much as Node.js takes. */
const MAX_HEAD_BYTES = 16_384;

/** Informational heads (1xx) before the final one. DynamoDB sends none. */
const MAX_INFORMATIONAL_HEADS = 16;

const END_OF_HEAD = '\r\n\r\n';

/** Reads one answer of HTTP/1.1 to a POST, in whatever pieces it comes, strictly: what can be read in two ways is refused. */
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

  /** Whether the answer is complete. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether the final head is complete, and the trailers, if any, have not begun: until then, and after that, little can come. */
  get isInBody(): boolean {
    return this.#framing !== undefined && this.#chunks?.isInTrailers !== true;
  }

  /** How long the other side says that it keeps an idle connection; undefined if it says nothing. */
  get keptForMs(): number | undefined {
    return this.#keptForMs;
  }

  /** Whether nothing can follow it on its connection. */
  get isLast(): boolean {
    return this.#isLast;
  }

  /**
   * Reads on.
   *
   * @throws {UnreadableResponseError} if that is no answer, or can be read in two ways
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
   * Nothing comes any more.
   *
   * @returns whether that is the end of the answer
   */
  end(): boolean {
    this.#isDone ||= this.#framing === 'until-closed';
    return this.#isDone;
  }

  /** What follows the head, if all of that is there. */
  #takeHead(bytes: Buffer): Buffer | undefined {
    const soFar = this.#headSoFar === undefined ? bytes : Buffer.concat([this.#headSoFar, bytes]);
    const text = soFar.toString('latin1', 0, MAX_HEAD_BYTES + END_OF_HEAD.length);
    const end = text.indexOf(END_OF_HEAD);
    if (end === -1 && text.length > MAX_HEAD_BYTES) throw new UnreadableResponseError('the head is too long');
    if (end === -1) {
      refuseUnlikely(text);
      // What was given is valid for this moment only.
      this.#headSoFar = soFar === bytes ? Buffer.from(bytes) : soFar;
      return undefined;
    }
    this.#headSoFar = undefined;
    const head = parseResponseHead(text.slice(0, end));
    if (head.status < 200) this.#passOver(head);
    else this.#begin(head);
    return soFar.subarray(end + END_OF_HEAD.length);
  }

  #passOver(head: ResponseHead): void {
    refuseSwitch(head);
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
    // Nobody asked for more: where this ends is not what whoever wrote it thinks.
    if (taken < bytes.length) throw new UnreadableResponseError('more came than was asked for');
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

/** Nobody asked for another protocol. */
const refuseSwitch = ({ status }: ResponseHead): void => {
  if (status === 101) throw new UnreadableResponseError('the protocol is to be another');
};

/** Of what is not there to its end, so that nobody waits for the rest of noise. */
const refuseUnlikely = (text: string): void => {
  const begin = 'HTTP/1.';
  if (!begin.startsWith(text.slice(0, begin.length)))
    throw new UnreadableResponseError('what comes is no HTTP');
  const lastLine = text.lastIndexOf('\r\n');
  if (lastLine !== -1) parseResponseHead(text.slice(0, lastLine));
  if (/\r[^\n]|[^\r]\n/.test(text)) throw new UnreadableResponseError('a line of the head ends halfway');
};

/** What stands before the body of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** By their names in lower case; what was sent twice is joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of its protocol: 1.0 or 1.1. */
  readonly isOld: boolean;
}

const STATUS_LINE = /^HTTP\/1\.[01] [1-5]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?$/;

/** A status line, and headers: at once, because to look at each line takes longer. */
const HEAD =
  /^HTTP\/1\.[01] [1-5]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?(?:\r\n[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/;

const MINOR_AT = 'HTTP/1.'.length;
const STATUS_AT = 'HTTP/1.1 '.length;

/**
 * Reads the head of an answer (RFC 9112, sections 4 and 5).
 *
 * @param text one character for each byte, without the empty line at its end
 * @throws {UnreadableResponseError} if it is anything else
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

/** Without blanks and tabs around it; `trim` takes away more than these. */
const trimmed = (text: string, start: number, end: number): string => {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
};

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** Where the body of an answer ends: after so many bytes, with its last chunk, or with the connection. */
export type ResponseFraming = number | 'chunked' | 'until-closed';

/**
 * Tells where the body of an answer to a POST ends (RFC 9112, section 6.3).
 *
 * @throws {UnreadableResponseError} if that can be understood in two ways, or in none
 */
export const framingOf = ({ status, headers, isOld }: ResponseHead): ResponseFraming => {
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  const hasNoBody = status === 204 || status === 304;
  if (coding !== undefined) {
    if (length !== undefined || isOld || hasNoBody || coding.toLowerCase() !== 'chunked') {
      throw new UnreadableResponseError('where the body ends is not to be told');
    }
    return 'chunked';
  }
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw new UnreadableResponseError('invalid Content-Length');
  }
  if (hasNoBody) return 0;
  return length === undefined ? 'until-closed' : Number(length);
};
