import { UnreadableResponseError } from './transport-error.ts';

/** Maximum length of a line between chunks, including chunk extensions. */
const MAX_LINE_BYTES = 4_096;

/** Maximum length of all trailers, the same as of a head. */
const MAX_TRAILER_BYTES = 16_384;

const SIZE_LINE = /^([\dA-Fa-f]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const CR = 0x0d;
const LF = 0x0a;

/** Maximum digits of a size that is parsed without a string (4 GiB). */
const MAX_SHORT_SIZE = 8;

type Expected = 'size' | 'data' | 'end of data' | 'trailer' | 'nothing';

/** Decodes a chunked body (RFC 9112, section 7.1). Trailers are checked and dropped. */
export class ChunkReader {
  readonly #give: (piece: Buffer) => void;
  #expected: Expected = 'size';
  #line = '';
  #left = 0;
  #trailerBytes = 0;

  /** @param give receives each piece of the body; the piece is valid until it returns */
  constructor(give: (piece: Buffer) => void) {
    this.#give = give;
  }

  get isDone(): boolean {
    return this.#expected === 'nothing';
  }

  /** Whether the last chunk is complete, but not the trailers. */
  get isInTrailers(): boolean {
    return this.#expected === 'trailer';
  }

  /**
   * Reads up to the end of the body.
   *
   * @returns how many of the bytes belong to it
   * @throws {UnreadableResponseError}
   */
  take(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && !this.isDone) {
      if (this.#expected === 'data') at = this.#takeData(bytes, at);
      else at = this.#takeShortLine(bytes, at) ?? this.#takeLine(bytes, at);
    }
    return at;
  }

  /** Parses a common line between chunks without creating a string, because chunks may have one byte. Undefined for other lines. */
  #takeShortLine(bytes: Buffer, at: number): number | undefined {
    if (this.#line !== '') return undefined;
    if (this.#expected === 'end of data') {
      if (bytes[at] !== CR || bytes[at + 1] !== LF) return undefined;
      this.#expected = 'size';
      return at + 2;
    }
    if (this.#expected !== 'size') return undefined;
    let end = at;
    let size = 0;
    for (let digit = hexDigit(bytes[end]); digit !== -1; digit = hexDigit(bytes[end])) {
      size = size * 16 + digit;
      end += 1;
    }
    // The last chunk, extensions and errors take the slow path.
    if (size === 0 || end - at > MAX_SHORT_SIZE || bytes[end] !== CR || bytes[end + 1] !== LF)
      return undefined;
    this.#left = size;
    this.#expected = 'data';
    return end + 2;
  }

  #takeData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#expected = 'end of data';
    this.#give(bytes.subarray(at, end));
    return end;
  }

  #takeLine(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(LF, at);
    const end = feed === -1 ? bytes.length : feed + 1;
    this.#line += bytes.toString('latin1', at, end);
    if (this.#line.length > MAX_LINE_BYTES)
      throw new UnreadableResponseError('a line between chunks is too long');
    if (feed === -1) return end;
    if (!this.#line.endsWith('\r\n'))
      throw new UnreadableResponseError('a line between chunks does not end with CRLF');
    const line = this.#line.slice(0, -2);
    this.#line = '';
    this.#expected = this.#after(line);
    return end;
  }

  #after(line: string): Expected {
    if (this.#expected === 'trailer') {
      if (line === '') return 'nothing';
      checkHeader(line);
      this.#trailerBytes += line.length;
      if (this.#trailerBytes > MAX_TRAILER_BYTES)
        throw new UnreadableResponseError('the trailers are too long');
      return 'trailer';
    }
    if (this.#expected === 'end of data') {
      if (line !== '') throw new UnreadableResponseError('a chunk is longer than its size');
      return 'size';
    }
    const size = SIZE_LINE.exec(line)?.[1];
    if (size === undefined) throw new UnreadableResponseError('invalid chunk size');
    this.#left = Number.parseInt(size, 16);
    return this.#left === 0 ? 'trailer' : 'data';
  }
}

/** The value of a hexadecimal digit, or -1. */
const hexDigit = (code: number | undefined): number => {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

const HEADER = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Checks a header line.
 *
 * @throws {UnreadableResponseError} if it is invalid
 */
const checkHeader = (line: string): void => {
  // A folded line (obsolete in RFC 9112) begins with a space, so its name is invalid.
  if (!HEADER.test(line)) throw new UnreadableResponseError('invalid header line');
};
