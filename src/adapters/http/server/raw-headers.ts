import type { WireHeaders } from '../../../ports/inbound/wire-operations.ts';

/** With more headers than that, to look for each among all takes longer than to put them into a map. */
const MAX_SEARCHED = 32;

/** Headers as they came over the wire. They are looked through each time, because there are few, and of few anything is asked. */
export class RawHeaders implements WireHeaders {
  readonly #pairs: readonly string[];

  /** @param pairs names and values in turn; what is sent twice is joined */
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

  /** Of the first header with this name, which is in lower case. */
  #placeOf(name: string): number {
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      if (isNamed(this.#pairs[index] ?? '', name)) return index;
    }
    return -1;
  }
}

/** Most clients send names in lower case already, of which another in lower case need not be made. */
const isNamed = (given: string, wanted: string): boolean =>
  given.length === wanted.length && (given === wanted || given.toLowerCase() === wanted);
