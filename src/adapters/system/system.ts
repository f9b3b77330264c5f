import { hash, randomFillSync } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import process from 'node:process';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Digest } from '../../ports/outbound/digest.ts';
import type { Random } from '../../ports/outbound/random.ts';

/** The longest delay that a timer of Node takes; a longer one would run at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Time as the machine tells it. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    // Not `performance`, which Node.js loads first.
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  }

  after(delayMs: number, task: () => void): () => void {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const restMs = leftMs - MAX_TIMER_MS;
      timer = restMs > 0 ? setTimeout(wait, MAX_TIMER_MS, restMs) : setTimeout(task, leftMs);
      timer.unref();
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  }
}

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

/**
 * SHA-256 in base64url, 43 characters. At the sizes of items it takes as long as SHA-1 (0.4 µs for 350 bytes)
 * and less than MD5, BLAKE2 or SHA-512; cut short, V8 would keep the whole string behind the piece.
 */
export class ShaDigest implements Digest {
  digestOf(bytes: Uint8Array): string {
    return hash('sha256', bytes, 'base64url');
  }
}
