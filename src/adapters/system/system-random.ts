import { randomFillSync } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import type { Random } from '../../ports/random.ts';

const DEVICE = '/dev/urandom';

/**
 * Randomness of the operating system, drawn for every call. A generator seeded in this process, as that of
 * `node:crypto` is, would give the same numbers to all processes that are restored from one snapshot, who would then
 * do everything at once.
 */
export class SystemRandom implements Random {
  readonly #word = new Uint32Array(1);
  #device: number | undefined;

  fraction(): number {
    const [word = 0] = this.#draw();
    return word / 2 ** 32;
  }

  #draw(): Uint32Array {
    try {
      this.#device ??= openSync(DEVICE, 'r');
      readSync(this.#device, this.#word);
    } catch {
      // Where there is no such device, nobody makes snapshots of processes either.
      randomFillSync(this.#word);
    }
    return this.#word;
  }
}
