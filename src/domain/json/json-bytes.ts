import { BACKSLASH, COMMA, QUOTE } from './json-signs.ts';

const SPACE = 0x20;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** The first byte value that is not ASCII. */
const BEYOND_ASCII = 0x80;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads compact JSON byte by byte: no white space, no exponents. Other JSON may be valid, but throws a `SyntaxError`
 * (`unsupportedJson`), and the caller falls back to a complete parser.
 */
export class JsonBytes {
  readonly bytes: Uint8Array;
  /** Index of the next byte. */
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    // `subarray` of a `Buffer` of Node.js is slower than that of a `Uint8Array`.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  /** Reads `byte`. @throws {SyntaxError} if the next byte is another one */
  expect(byte: number): void {
    if (!this.tryByte(byte)) throw unsupportedJson();
  }

  /** Reads `byte` if it is next; returns whether it was. */
  tryByte(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  /** Reads `expected` if these bytes are next; returns whether they were. */
  tryBytes(expected: Uint8Array): boolean {
    if (!matchesAt(this.bytes, this.at, expected)) return false;
    this.at += expected.length;
    return true;
  }

  /** Reads a comma or `close` after a member or an element; returns whether another one follows. */
  hasMore(close: number): boolean {
    if (this.tryByte(COMMA)) return true;
    this.expect(close);
    return false;
  }

  /** Reads a string; returns whether it contains no escapes. */
  readString(): boolean {
    const { bytes } = this;
    const start = this.at;
    this.expect(QUOTE);
    let isLiteral = true;
    let isAscii = true;
    let at = start + 1;
    for (let byte = bytes[at] ?? 0; byte !== QUOTE; byte = bytes[at] ?? 0) {
      if (byte < SPACE) throw unsupportedJson();
      if (byte >= BEYOND_ASCII) isAscii = false;
      else if (byte === BACKSLASH) {
        isLiteral = false;
        at += 1;
      }
      at += 1;
    }
    this.at = at + 1;
    // Throws if the bytes are not UTF-8.
    if (!isAscii) this.textFrom(start);
    return isLiteral;
  }

  readNumber(): void {
    this.tryByte(MINUS);
    const isZero = this.tryByte(ZERO);
    if (!isZero) this.#readDigits();
    if (this.tryByte(POINT)) this.#readDigits();
  }

  /** Decodes the bytes from `start` up to the next byte, or up to `end`. @throws {TypeError} if they are not UTF-8 */
  textFrom(start: number, end = this.at): string {
    return decoder.decode(this.bytes.subarray(start, end));
  }

  #readDigits(): void {
    const start = this.at;
    for (let byte = this.bytes[start] ?? 0; byte >= ZERO && byte <= NINE; byte = this.bytes[this.at] ?? 0) {
      this.at += 1;
    }
    if (this.at === start) throw unsupportedJson();
  }
}

/** Whether `bytes` contains `expected` at index `at`. */
export const matchesAt = (bytes: Uint8Array, at: number, expected: Uint8Array): boolean => {
  for (let index = 0; index < expected.length; index += 1) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
};

/** For JSON that is invalid, or valid but not compact. The caller falls back to a complete parser. */
export const unsupportedJson = (): SyntaxError => new SyntaxError('the JSON is invalid or not compact');
