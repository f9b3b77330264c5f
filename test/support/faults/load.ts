import type { HttpAnswer } from '../http/exchange.ts';

/** One request of the load, and what came of it. */
export interface Sample {
  readonly path: string;
  readonly status: number;
  /** The `Cache-Status` header; empty if there is none. */
  readonly cacheStatus: string;
  /** Both on the monotonic clock of this process. */
  readonly begunAtMs: number;
  readonly endedAtMs: number;
}

interface LoadOptions {
  /** Asked for in turn, again and again. */
  readonly paths: readonly string[];
  /** How many readers ask at the same time, each for one thing after the other. */
  readonly readers: number;
  readonly get: (path: string) => Promise<HttpAnswer>;
}

/** Readers who ask without a pause. */
export class Load {
  readonly #options: LoadOptions;
  readonly #samples: Sample[] = [];
  #turn = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Asks until `isOver`, and resolves when the last answer has come. */
  async runUntil(isOver: () => boolean): Promise<void> {
    await Promise.all(Array.from({ length: this.#options.readers }, () => this.#read(isOver)));
  }

  /** Asks for everything once. */
  async runOnce(): Promise<void> {
    const end = this.#turn + this.#options.paths.length;
    await this.runUntil(() => this.#turn >= end);
  }

  async #read(isOver: () => boolean): Promise<void> {
    const { paths, get } = this.#options;
    while (!isOver()) {
      const path = paths[this.#turn % paths.length] ?? '';
      this.#turn += 1;
      const begunAtMs = performance.now();
      const { status, headers } = await get(path);
      const cacheStatus = String(headers['cache-status'] ?? '');
      this.#samples.push({ path, status, cacheStatus, begunAtMs, endedAtMs: performance.now() });
    }
  }
}
