import { BACKSLASH, COLON, COMMA, QUOTE } from './json-signs.ts';

/** Kinds of bytes outside strings. A scalar is a number, `true`, `false` or `null`. */
const INVALID = 0;
const WHITE_SPACE = 1;
const SCALAR = 2;
const SEPARATOR = 3;
const STRING = 4;
const OPENING = 5;
const CLOSING = 6;

/** No JSON number in DynamoDB's protocol is longer: numbers in items are strings. */
const MAX_SCALAR_BYTES = 1_024;

const KINDS = new Uint8Array(256);
for (const [kind, characters] of [
  [WHITE_SPACE, ' \t\r\n'],
  [SCALAR, '0123456789+-.eEtrufalsn'],
  [SEPARATOR, ',:'],
  [STRING, '"'],
  [OPENING, '{['],
  [CLOSING, '}]'],
] as const) {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind;
}

/**
 * Steps over JSON without reading it: allocates nothing, does not recurse, and can stop within a value and continue later.
 * It checks brackets by their number only. A caller that needs valid JSON must parse what it uses.
 */
export class JsonSkipper {
  readonly bytes: Uint8Array;
  /** The position of the next byte. */
  at: number;
  /** State of the value that is being skipped: the open containers, and whether a string is open. */
  #depth = 0;
  #isInString = false;

  constructor(bytes: Uint8Array, at = 0) {
    // `subarray` of a `Buffer` of Node.js is slower than that of a `Uint8Array`.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  /** Steps over white space; returns the next byte, or 0 at the end. */
  peek(): number {
    const { bytes } = this;
    let { at } = this;
    while (KINDS[bytes[at] ?? 0] === WHITE_SPACE) at += 1;
    this.at = at;
    return bytes[at] ?? 0;
  }

  /** Steps over white space and this byte. @throws {SyntaxError} if another one is there */
  expect(byte: number): void {
    if (!this.tryByte(byte)) throw malformed();
  }

  /** Steps over white space, and over this byte if it is the next one; returns whether it was. */
  tryByte(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at += 1;
    return true;
  }

  /** Steps over what follows a member or an element. Returns whether there is another one. */
  hasMore(close: number): boolean {
    if (this.tryByte(COMMA)) return true;
    this.expect(close);
    return false;
  }

  /** Steps over the name of a member and its colon. Returns where the name ends, with its closing quote. */
  skipName(): number {
    if (this.peek() !== QUOTE) throw malformed();
    this.at += 1;
    if (!this.#endString(this.bytes.length)) throw malformed();
    const end = this.at;
    this.expect(COLON);
    return end;
  }

  /**
   * Steps over a value, up to about `until`. Returns whether the value has ended; if not, the next call continues.
   *
   * @throws {SyntaxError} if no JSON value follows
   */
  skip(until: number): boolean {
    const { bytes } = this;
    const limit = Math.min(until, bytes.length);
    if (this.#depth === 0 && !this.#isInString && !this.#begin()) return true;
    while (this.at < limit) {
      if (this.#isInString) this.#isInString = !this.#endString(limit);
      else this.#skipToString(limit);
      if (this.#depth === 0 && !this.#isInString) return true;
    }
    if (this.at >= bytes.length) throw malformed();
    return false;
  }

  /** Begins a value; returns whether more of it must be skipped. Skips a scalar completely. */
  #begin(): boolean {
    const kind = KINDS[this.peek()];
    if (kind === OPENING) this.#depth = 1;
    else if (kind === STRING) this.#isInString = true;
    else if (kind !== SCALAR) throw malformed();
    if (kind !== SCALAR) {
      this.at += 1;
      return true;
    }
    const end = this.at + MAX_SCALAR_BYTES;
    while (this.at < end && KINDS[this.bytes[this.at] ?? 0] === SCALAR) this.at += 1;
    if (this.at === end) throw malformed();
    return false;
  }

  /** Steps over the rest of a string; returns whether it ended before `limit`. */
  #endString(limit: number): boolean {
    const { bytes } = this;
    let { at } = this;
    while (at < limit) {
      const byte = bytes[at];
      at += byte === BACKSLASH ? 2 : 1;
      if (byte !== QUOTE) continue;
      this.at = at;
      return true;
    }
    this.at = at;
    return false;
  }

  /** Steps over the contents of open containers, up to the beginning of a string or the end of the outermost container. */
  #skipToString(limit: number): void {
    const { bytes } = this;
    let at = this.at;
    let depth = this.#depth;
    while (at < limit && depth > 0) {
      const kind = KINDS[bytes[at] ?? 0] ?? 0;
      at += 1;
      if (kind === OPENING) depth += 1;
      else if (kind === CLOSING) depth -= 1;
      else if (kind === STRING) {
        this.#isInString = true;
        break;
      } else if (kind === INVALID) throw malformed();
    }
    this.at = at;
    this.#depth = depth;
  }
}

const malformed = (): SyntaxError => new SyntaxError('invalid JSON');
