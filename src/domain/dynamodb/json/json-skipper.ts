import { COLON, COMMA, QUOTE } from './json-bytes.ts';

const BACKSLASH = 0x5c;

/** What a byte outside strings is; a scalar is a number, `true`, `false` or `null`. */
const NO_JSON = 0;
const WHITE_SPACE = 1;
const SCALAR = 2;
const SEPARATOR = 3;
const STRING = 4;
const OPENING = 5;
const CLOSING = 6;

/** DynamoDB sends and takes no number of its own that is longer: those of items are strings. */
const MAX_SCALAR_BYTES = 1_024;

const KINDS = new Uint8Array(256);
for (const [kind, signs] of [
  [WHITE_SPACE, ' \t\r\n'],
  [SCALAR, '0123456789+-.eEtrufalsn'],
  [SEPARATOR, ',:'],
  [STRING, '"'],
  [OPENING, '{['],
  [CLOSING, '}]'],
] as const) {
  for (const sign of signs) KINDS[sign.charCodeAt(0)] = kind;
}

/**
 * Steps over JSON without reading it: allocates nothing, does not recurse, and can stop within a value and continue later.
 * It checks brackets by their number only. A caller that needs valid JSON must parse what it uses.
 */
export class JsonSkipper {
  readonly bytes: Uint8Array;
  /** The position of the next byte. */
  at: number;
  /** Of the value that is being skipped: how many containers are open, and whether a string is. */
  #depth = 0;
  #isInString = false;

  constructor(bytes: Uint8Array, at = 0) {
    // Cutting a `Buffer` of Node.js is slow.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  /** The next byte after white space; 0 at the end. */
  peek(): number {
    const { bytes } = this;
    let { at } = this;
    while (KINDS[bytes[at] ?? 0] === WHITE_SPACE) at += 1;
    this.at = at;
    return bytes[at] ?? 0;
  }

  /** Steps over white space and this byte. @throws {SyntaxError} if another one is there */
  take(sign: number): void {
    if (!this.takes(sign)) throw malformed();
  }

  /** Steps over white space, and over this byte if it is the next one; returns whether it was. */
  takes(sign: number): boolean {
    if (this.peek() !== sign) return false;
    this.at += 1;
    return true;
  }

  /** Steps over what follows a member or an element. Returns whether there is another one. */
  hasMore(close: number): boolean {
    if (this.takes(COMMA)) return true;
    this.take(close);
    return false;
  }

  /** Steps over the name of a member and its colon. Returns where the name ends, with its closing quote. */
  name(): number {
    if (this.peek() !== QUOTE) throw malformed();
    this.at += 1;
    if (!this.#endString(this.bytes.length)) throw malformed();
    const end = this.at;
    this.take(COLON);
    return end;
  }

  /**
   * Steps over a value, up to about `until`. Returns whether the value has ended; if not, the next call continues.
   *
   * @throws {SyntaxError} if there is no JSON value
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

  /** Begins a value; returns whether it goes on: a number, `true`, `false` or `null` is skipped at once. */
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
      const sign = bytes[at];
      at += sign === BACKSLASH ? 2 : 1;
      if (sign !== QUOTE) continue;
      this.at = at;
      return true;
    }
    this.at = at;
    return false;
  }

  /** Steps over what is in open containers, up to the beginning of a string or the end of the outermost container. */
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
      } else if (kind === NO_JSON) throw malformed();
    }
    this.at = at;
    this.#depth = depth;
  }
}

const malformed = (): SyntaxError => new SyntaxError('no JSON');
