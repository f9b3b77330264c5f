import type { WireHeaders } from '../../../ports/inbound/wire-operations.ts';

/** With more headers than this, a map is faster than a search for each name. */
const MAX_SEARCHED = 32;

/** Headers as received. Each lookup searches the list: requests have few headers, and callers read few of them. */
export class RawHeaders implements WireHeaders {
  readonly #pairs: readonly string[];

  /** @param pairs alternating names and values; values of a repeated name are joined by `, ` */
  constructor(pairs: readonly string[]) {
    this.#pairs = pairs;
  }

  get(name: string): string | null {
    const wanted = name.toLowerCase();
    let joined: string | null = null;
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      const given = this.#pairs[index] ?? '';
      if (!isNamed(given, wanted)) continue;
      const value = this.#pairs[index + 1] ?? '';
      joined = joined === null ? value : `${joined}, ${value}`;
    }
    return joined;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  forEach(visit: (value: string, name: string) => void): void {
    if (this.#pairs.length > 2 * MAX_SEARCHED) {
      this.#joined().forEach(visit);
      return;
    }
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      const name = (this.#pairs[index] ?? '').toLowerCase();
      if (this.#placeOf(name) === index) visit(this.get(name) ?? '', name);
    }
  }

  #joined(): ReadonlyMap<string, string> {
    const joined = new Map<string, string>();
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      const name = (this.#pairs[index] ?? '').toLowerCase();
      const value = this.#pairs[index + 1] ?? '';
      const before = joined.get(name);
      joined.set(name, before === undefined ? value : `${before}, ${value}`);
    }
    return joined;
  }

  /** The index of the first header with this lower-case name; -1 if it is missing. */
  #placeOf(name: string): number {
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      if (isNamed(this.#pairs[index] ?? '', name)) return index;
    }
    return -1;
  }
}

/** Compares before converting: most clients send names in lower case. */
const isNamed = (given: string, wanted: string): boolean =>
  given.length === wanted.length && (given === wanted || given.toLowerCase() === wanted);
