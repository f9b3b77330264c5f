import { saysText } from '../json/json-string.ts';

/** Bytes that the longest escape takes for one UTF-16 unit. */
const ESCAPE_BYTES = 6;

/** A set of member names that is asked with the bytes of JSON. */
export class NameSet {
  readonly #names: readonly string[];
  readonly #longest: number;

  constructor(names: Iterable<string>) {
    this.#names = [...new Set(names)];
    this.#longest = Math.max(0, ...this.#names.map(({ length }) => length)) * ESCAPE_BYTES;
  }

  /** Whether the JSON string from `start` to `end`, its quotes included, is one of the names. */
  has(json: Uint8Array, start: number, end: number): boolean {
    if (end - start - 2 > this.#longest) return false;
    for (const name of this.#names) if (saysText(json, start + 1, end - 1, name)) return true;
    return false;
  }
}
