import type { Random } from '../../../src/ports/outbound/random.ts';

/** Returns the given fractions in order, and repeats them. */
export class FixedRandom implements Random {
  readonly #fractions: readonly number[];
  #next = 0;

  /** @throws {RangeError} if a fraction is not within 0 (included) and 1 (excluded) */
  constructor(...fractions: readonly number[]) {
    if (!fractions.every((fraction) => fraction >= 0 && fraction < 1)) {
      throw new RangeError('a fraction lies from 0 up to, but not including, 1');
    }
    this.#fractions = fractions;
  }

  fraction(): number {
    const fraction = this.#fractions[this.#next % this.#fractions.length] ?? 0;
    this.#next += 1;
    return fraction;
  }
}
