import { randomFillSync } from 'node:crypto';
import type { Random } from '../../ports/random.ts';

/**
 * Randomness of the operating system, drawn for every call. A generator seeded in this process would give the
 * same numbers to all processes that are restored from one snapshot, who would then do everything at once.
 */
export class SystemRandom implements Random {
  readonly #word = new Uint32Array(1);

  fraction(): number {
    const [word = 0] = randomFillSync(this.#word);
    return word / 2 ** 32;
  }
}
