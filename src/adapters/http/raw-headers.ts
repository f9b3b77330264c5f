import type { WireHeaders } from '../../ports/wire-operations.ts';

/** Headers as they came over the wire, of which it is enough to look some of them up. */
export class RawHeaders implements WireHeaders {
  readonly #values = new Map<string, string>();

  /** @param pairs names and values in turn; what is sent twice is joined */
  constructor(pairs: readonly string[]) {
    for (let index = 0; index + 1 < pairs.length; index += 2) {
      const name = (pairs[index] ?? '').toLowerCase();
      const value = pairs[index + 1] ?? '';
      const before = this.#values.get(name);
      this.#values.set(name, before === undefined ? value : `${before}, ${value}`);
    }
  }

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  forEach(visit: (value: string, name: string) => void): void {
    this.#values.forEach(visit);
  }
}
