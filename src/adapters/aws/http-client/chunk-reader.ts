import { UnreadableResponseError } from './transport-error.ts';

/** What a line between chunks may be long, extensions of a size included. */
const MAX_LINE_BYTES = 4_096;

/** Of all trailers; as much as of a head. */
const MAX_TRAILER_BYTES = 16_384;

const SIZE_LINE = /^([\dA-Fa-f]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const CR = 0x0d;
const LF = 0x0a;

/** Digits of a size that is read without a string: 4 GiB. */
const MAX_SHORT_SIZE = 8;

type Expected = 'size' | 'data' | 'end of data' | 'trailer' | 'nothing';

/** Takes the chunks of a body apart (RFC 9112, section 7.1). Trailers are read, and forgotten. */
export class ChunkReader {
  readonly #give: (piece: Buffer) => void;
  #expected: Expected = 'size';
  #line = '';
  #left = 0;
  #trailerBytes = 0;

  /** @param give gets each piece of the body, which is valid until it returns */
  constructor(give: (piece: Buffer) => void) {
    this.#give = give;
  }

  get isDone(): boolean {
    return this.#expected === 'nothing';
  }

  /** Whether the last chunk has come, and the end of the trailers has not. */
  get isInTrailers(): boolean {
    return this.#expected === 'trailer';
  }

  /**
   * Reads on, up to the end of the body.
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

  /** The usual line between chunks, without a string for each: chunks may be of one byte. Undefined for any other line. */
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
    // The last chunk, extensions, and whatever is wrong are not usual.
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
    if (!this.#line.endsWith('\r\n')) throw new UnreadableResponseError('a line between chunks ends halfway');
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
      if (line !== '') throw new UnreadableResponseError('a chunk is longer than it said');
      return 'size';
    }
    const size = SIZE_LINE.exec(line)?.[1];
    if (size === undefined) throw new UnreadableResponseError('invalid chunk size');
    this.#left = Number.parseInt(size, 16);
    return this.#left === 0 ? 'trailer' : 'data';
  }
}

/** The value of a digit, or -1. */
const hexDigit = (code: number | undefined): number => {
  if (code === undefined) return -1;
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

const HEADER = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Looks at one line of a header.
 *
 * @throws {UnreadableResponseError} if it is none
 */
export const checkHeader = (line: string): void => {
  // A line that begins with a blank goes on with the one before, which nobody sends any more: it fails here, by its name.
  if (!HEADER.test(line)) throw new UnreadableResponseError('invalid header line');
};
