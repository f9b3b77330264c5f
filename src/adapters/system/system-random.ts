import { randomFillSync } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import type { Random } from '../../ports/outbound/random.ts';

/**
 * Randomness of the operating system, drawn for every call. A generator seeded in this process, as that of
 * `node:crypto` is, would give the same numbers to all processes that are restored from one snapshot, who would then
 * do everything at once.
 */
export class SystemRandom implements Random {
  readonly #device: string;
  readonly #word = new Uint32Array(1);
  #descriptor: number | undefined;

  /** @param device where it comes from; where there is no such file, from `node:crypto` after all */
  constructor(device = '/dev/urandom') {
    this.#device = device;
  }

  fraction(): number {
    if (!this.#draw()) randomFillSync(this.#word);
    const [word = 0] = this.#word;
    return word / 2 ** 32;
  }

  #draw(): boolean {
    try {
      this.#descriptor ??= openSync(this.#device, 'r');
      return readSync(this.#descriptor, this.#word) === this.#word.byteLength;
    } catch {
      return false;
    }
  }
}
