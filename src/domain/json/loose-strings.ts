import { isSpace } from './json-scanner.ts';
import {
  BACKSLASH,
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from './json-signs.ts';

/** A string of a JSON text: the name of a member, or a value. */
export interface LooseString {
  readonly text: string;
  /** The member whose value, or array element, it is; absent for names of members. */
  readonly member?: string | undefined;
}

/** No DynamoDB operation needs more outside its data. The limits bound the cost of a hostile request. */
const MAX_DEPTH = 32;
const MAX_VALUES = 20_000;
const MAX_STRING_BYTES = 65_536;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Returns all strings of a JSON text, including those of repeated members. Skips the values of members in `skipped`
 * without reading them.
 *
 * @throws {SyntaxError} if the rest is invalid JSON or UTF-8, is nested too deeply, or has too many or too long values
 */
export const stringsOutside = (bytes: Uint8Array, skipped: ReadonlySet<string>): readonly LooseString[] => {
  const reader = new LooseReader(bytes, skipped);
  reader.readAll();
  return reader.strings;
};

class LooseReader {
  readonly strings: LooseString[] = [];
  readonly #bytes: Uint8Array;
  readonly #skipped: ReadonlySet<string>;
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array, skipped: ReadonlySet<string>) {
    this.#bytes = bytes;
    this.#skipped = skipped;
  }

  readAll(): void {
    this.#skipSpace();
    this.#readValue(undefined, 0);
    this.#skipSpace();
    if (this.#at !== this.#bytes.length) throw malformed();
  }

  #readValue(member: string | undefined, depth: number): void {
    this.#values += 1;
    if (this.#values > MAX_VALUES) throw malformed();
    const byte = this.#bytes[this.#at];
    if (byte === QUOTE) this.strings.push({ text: this.#readString(), member });
    else if (byte === OPEN_OBJECT) this.#readParts(CLOSE_OBJECT, depth, () => this.#readMember(depth + 1));
    else if (byte === OPEN_ARRAY) {
      this.#readParts(CLOSE_ARRAY, depth, () => this.#readValue(member, depth + 1));
    } else this.#skipScalar();
  }

  #readMember(depth: number): void {
    if (this.#bytes[this.#at] !== QUOTE) throw malformed();
    const name = this.#readString();
    this.strings.push({ text: name });
    this.#skipSpace();
    if (this.#bytes[this.#at] !== COLON) throw malformed();
    this.#at += 1;
    this.#skipSpace();
    if (this.#skipped.has(name)) this.#skipValue();
    else this.#readValue(name, depth);
  }

  /** Reads the elements of an array, or the members of an object. */
  #readParts(closing: number, depth: number, readPart: () => void): void {
    if (depth >= MAX_DEPTH) throw malformed();
    this.#at += 1;
    this.#skipSpace();
    if (this.#bytes[this.#at] === closing) {
      this.#at += 1;
      return;
    }
    for (;;) {
      readPart();
      this.#skipSpace();
      const byte = this.#bytes[this.#at];
      this.#at += 1;
      if (byte === closing) return;
      if (byte !== COMMA) throw malformed();
      this.#skipSpace();
    }
  }

  #readString(): string {
    const start = this.#at;
    this.#skipString();
    if (this.#at - start > MAX_STRING_BYTES) throw malformed();
    try {
      return JSON.parse(decoder.decode(this.#bytes.subarray(start, this.#at)));
    } catch {
      throw malformed();
    }
  }

  #skipValue(): void {
    const byte = this.#bytes[this.#at];
    if (byte === QUOTE) this.#skipString();
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#skipContainer();
    else this.#skipScalar();
  }

  #skipContainer(): void {
    const bytes = this.#bytes;
    let depth = 0;
    for (let at = this.#at; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) at = closingQuote(bytes, at);
      else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
      else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth -= 1;
        if (depth > 0) continue;
        this.#at = at + 1;
        return;
      }
    }
    throw malformed();
  }

  #skipString(): void {
    this.#at = closingQuote(this.#bytes, this.#at) + 1;
  }

  #skipScalar(): void {
    const start = this.#at;
    while (isOfScalar(this.#bytes[this.#at])) this.#at += 1;
    if (this.#at === start) throw malformed();
  }

  #skipSpace(): void {
    while (isSpace(this.#bytes[this.#at])) this.#at += 1;
  }
}

/** @throws {SyntaxError} if the string does not end */
const closingQuote = (bytes: Uint8Array, opening: number): number => {
  for (let at = opening + 1; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) return at;
  }
  throw malformed();
};

/** Letters, digits, `+`, `-` and `.`. Does not check that they form a number or a literal. */
const isOfScalar = (byte = 0): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  byte === 0x2b ||
  byte === 0x2d ||
  byte === 0x2e;

/** Does not quote the text, which may contain an item. */
const malformed = (): SyntaxError => new SyntaxError('invalid JSON, or JSON beyond the limits');
