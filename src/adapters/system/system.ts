import { hash, randomFillSync } from 'node:crypto';
import { openSync, readSync } from 'node:fs';
import process from 'node:process';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Digest } from '../../ports/outbound/digest.ts';
import type { Random } from '../../ports/outbound/random.ts';

/** The longest delay of a Node.js timer. A timer with a longer delay would run immediately. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The clock of the operating system. */
export class SystemClock implements Clock {
  readonly now: () => number = Date.now;

  monotonic(): number {
    // Not `performance`, because Node.js has to load it first.
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

  afterTurn(task: () => void): void {
    // Two, because Bun runs the first one before it looks for what has arrived, if this is called by a timer.
    setImmediate(() => setImmediate(task));
  }
}

/**
 * Random numbers of the operating system, read for every call. A generator that is seeded in this process, like that of
 * `node:crypto`, gives the same numbers to all processes restored from one snapshot, and these would act simultaneously.
 */
export class SystemRandom implements Random {
  readonly #device: string;
  readonly #word = new Uint32Array(1);
  #descriptor: number | undefined;

  /** @param device file to read from; if it cannot be read, `node:crypto` is used */
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
 * SHA-256 in base64url, 43 characters. For typical items it takes as long as SHA-1 (0.4 µs for 350 bytes) and less than MD5,
 * BLAKE2 or SHA-512. It is not truncated, because V8 keeps the whole string in memory for a substring of it.
 */
export class ShaDigest implements Digest {
  digestOf(bytes: Uint8Array): string {
    return hash('sha256', bytes, 'base64url');
  }
}

/**
 * Returns a function that frees recently allocated, unused memory. Without it, tens of megabytes of forwarded bytes remain
 * allocated, because the garbage collector sees only the small objects that refer to them. A call takes less than a
 * millisecond on V8; it takes longer on Bun, which has no collection of the young generation only.
 */
export const memorySweeper = async (): Promise<() => void> => sweeperOfBun() ?? (await sweeperOfV8());

const sweeperOfBun = (): (() => void) | undefined => {
  const bun: unknown = Reflect.get(globalThis, 'Bun');
  if (typeof bun !== 'object' || bun === null || !('gc' in bun) || !isCollector(bun.gc)) return undefined;
  const { gc } = bun;
  return () => gc(true);
};

const sweeperOfV8 = async (): Promise<() => void> => {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([
    import('node:v8'),
    import('node:vm'),
  ]);
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('typeof gc === "function" ? gc : undefined');
  setFlagsFromString('--no-expose-gc');
  return isCollector(collect) ? () => collect({ type: 'minor' }) : () => undefined;
};

type Collector = (options: true | { readonly type: 'minor' }) => unknown;

const isCollector = (value: unknown): value is Collector => typeof value === 'function';
