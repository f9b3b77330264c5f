import { headerIn, type RequestHead } from '../request-head.ts';
import { MalformedRequestError } from '../server-errors.ts';

/** Finds the body of one request in the bytes of a connection. */
export interface FramedBody {
  readonly isComplete: boolean;
  /** Passes the data in `bytes` to `take`. Returns the number of bytes that belong to this body, framing included. */
  read(bytes: Buffer, take: (data: Uint8Array) => void): number;
}

const NO_BODY: FramedBody = { isComplete: true, read: () => 0 };

/**
 * Determines the framing of the body from the head (RFC 9112, section 6).
 *
 * @throws {MalformedRequestError} if the framing is ambiguous or invalid
 */
export const framedBody = (head: RequestHead): FramedBody => {
  const length = headerIn(head.headers, 'content-length');
  const coding = headerIn(head.headers, 'transfer-encoding');
  if (coding !== undefined) {
    const isChunkedOnce = /(?:^|,)[\t ]*chunked$/i.test(coding) && !/chunked[\t ]*,/i.test(coding);
    if (length !== undefined || !isChunkedOnce) throw new MalformedRequestError();
    return new ChunkedBody();
  }
  if (length === undefined) return NO_BODY;
  // Repeated headers are joined by a comma, so that two lengths do not match.
  if (!/^\d{1,15}$/.test(length)) throw new MalformedRequestError();
  return Number(length) === 0 ? NO_BODY : new BodyOfLength(Number(length));
};

class BodyOfLength implements FramedBody {
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isComplete(): boolean {
    return this.#left === 0;
  }

  read(bytes: Buffer, take: (data: Uint8Array) => void): number {
    const read = Math.min(this.#left, bytes.length);
    this.#left -= read;
    if (read > 0) take(bytes.subarray(0, read));
    return read;
  }
}

/** Maximum length of a chunk-size line, and of all trailers together. */
const MAX_LINE_BYTES = 16_384;
/** Limited to 12 hexadecimal digits: a longer size exceeds any body. */
const SIZE_LINE =
  /^([\dA-Fa-f]{1,12})(?:;[!#$%&'*+\-.^_`|~\dA-Za-z]+(?:=(?:[!#$%&'*+\-.^_`|~\dA-Za-z]+|"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*"))?)*$/;
const TRAILER = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;

type Part = 'size' | 'data' | 'end of data' | 'trailer' | 'complete';

/** Reads a chunked body (RFC 9112, section 7.1) incrementally. */
class ChunkedBody {
  #part: Part = 'size';
  #leftOfChunk = 0;
  /** The received part of the current line. */
  #line = '';
  #trailerBytes = 0;

  get isComplete(): boolean {
    return this.#part === 'complete';
  }

  /**
   * Passes the data in `bytes` to `take`. Returns the number of bytes that belong to this body, framing included.
   *
   * @throws {MalformedRequestError} if a size line, the end of a chunk or a trailer is invalid
   */
  read(bytes: Buffer, take: (data: Uint8Array) => void): number {
    let at = 0;
    while (at < bytes.length && this.#part !== 'complete') {
      at = this.#part === 'data' ? this.#readData(bytes, at, take) : this.#readLine(bytes, at);
    }
    return at;
  }

  #readData(bytes: Buffer, at: number, take: (data: Uint8Array) => void): number {
    const end = Math.min(bytes.length, at + this.#leftOfChunk);
    take(bytes.subarray(at, end));
    this.#leftOfChunk -= end - at;
    if (this.#leftOfChunk === 0) this.#part = 'end of data';
    return end;
  }

  #readLine(bytes: Buffer, at: number): number {
    const newline = bytes.indexOf(0x0a, at);
    const end = newline === -1 ? bytes.length : newline + 1;
    this.#line += bytes.toString('latin1', at, end);
    const isTooLong = this.#line.length + this.#trailerBytes > MAX_LINE_BYTES;
    if (isTooLong) throw new MalformedRequestError('413 Payload Too Large');
    if (newline !== -1) {
      const line = this.#line;
      this.#line = '';
      if (!line.endsWith('\r\n')) throw new MalformedRequestError();
      this.#lineArrived(line.slice(0, -2));
    }
    return end;
  }

  #lineArrived(line: string): void {
    if (this.#part === 'size') this.#beginChunk(line);
    else if (this.#part === 'end of data') {
      if (line !== '') throw new MalformedRequestError();
      this.#part = 'size';
    } else if (line === '') this.#part = 'complete';
    else {
      if (!TRAILER.test(line)) throw new MalformedRequestError();
      this.#trailerBytes += line.length;
    }
  }

  #beginChunk(line: string): void {
    const size = SIZE_LINE.exec(line)?.[1];
    if (size === undefined) throw new MalformedRequestError();
    this.#leftOfChunk = Number.parseInt(size, 16);
    this.#part = this.#leftOfChunk === 0 ? 'trailer' : 'data';
  }
}
