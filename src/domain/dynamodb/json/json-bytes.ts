export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const OPEN_ARRAY = 0x5b;
export const CLOSE_ARRAY = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;

const SPACE = 0x20;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const BACKSLASH = 0x5c;
/** What is less is ASCII. */
const BEYOND_ASCII = 0x80;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads JSON sign by sign, as programs write it: without white space, and with numbers that have no exponent. At all else
 * it throws, and does not say that it is no JSON.
 */
export class JsonBytes {
  readonly bytes: Uint8Array;
  /** Where the next sign is read. */
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    // What Node.js makes of bytes, a `Buffer`, is dear to cut.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  /** Reads a sign, which must be this one. */
  take(sign: number): void {
    if (!this.takes(sign)) throw unusual();
  }

  /** Reads a sign if it is this one; says whether it was. */
  takes(sign: number): boolean {
    if (this.bytes[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  /** Reads several signs if they are these; says whether they were. */
  takesAll(signs: Uint8Array): boolean {
    if (!standsAt(this.bytes, this.at, signs)) return false;
    this.at += signs.length;
    return true;
  }

  /** Reads what stands after a member or an element: a comma if there are more, else `close`. Says whether there are more. */
  goesOn(close: number): boolean {
    if (this.takes(COMMA)) return true;
    this.take(close);
    return false;
  }

  /** Reads a string; says whether it is all literal, without escapes, so that nobody would write it otherwise. */
  string(): boolean {
    const { bytes } = this;
    const start = this.at;
    this.take(QUOTE);
    let isLiteral = true;
    let isAscii = true;
    let at = start + 1;
    for (let sign = bytes[at] ?? 0; sign !== QUOTE; sign = bytes[at] ?? 0) {
      if (sign < SPACE) throw unusual();
      if (sign >= BEYOND_ASCII) isAscii = false;
      else if (sign === BACKSLASH) {
        isLiteral = false;
        at += 1;
      }
      at += 1;
    }
    this.at = at + 1;
    // To see whether it is UTF-8.
    if (!isAscii) this.text(start);
    return isLiteral;
  }

  /** Reads a number. */
  number(): void {
    this.takes(MINUS);
    const isZero = this.takes(ZERO);
    if (!isZero) this.#digits();
    if (this.takes(POINT)) this.#digits();
  }

  /** The text from `start` up to what is read next, or up to `end`. Throws if it is not UTF-8. */
  text(start: number, end = this.at): string {
    return decoder.decode(this.bytes.subarray(start, end));
  }

  #digits(): void {
    const start = this.at;
    for (let sign = this.bytes[start] ?? 0; sign >= ZERO && sign <= NINE; sign = this.bytes[this.at] ?? 0) {
      this.at += 1;
    }
    if (this.at === start) throw unusual();
  }
}

/** Whether `signs` stand in `bytes` at this place. */
export const standsAt = (bytes: Uint8Array, at: number, signs: Uint8Array): boolean => {
  for (let index = 0; index < signs.length; index += 1) {
    if (bytes[at + index] !== signs[index]) return false;
  }
  return true;
};

/** For what is wrong, or only rare: whoever catches it asks a reader who knows all of JSON. */
export const unusual = (): SyntaxError => new SyntaxError('JSON that is wrong, or written in an unusual way');

/** How many bytes `text` takes in UTF-8; `undefined` if it cannot be written so, because it holds half a surrogate pair. */
export const utf8Length = (text: string): number | undefined => {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    if (unit < 0x800) bytes += 1;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 2;
    else if (unit < 0xdc00 && isLowSurrogate(text.charCodeAt(index + 1))) {
      bytes += 2;
      index++;
    } else return undefined;
  }
  return bytes;
};

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;
