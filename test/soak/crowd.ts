import type { Chronology } from '../support/application/chronology.ts';

/** How many readers there are, and how many of them DynamoDB is just being asked for. */
export class Crowd {
  readonly #chronology: Chronology;
  readonly #maxCalls: number;
  readonly #maxReaders: number;
  #calls = 0;
  #readers = 0;
  #lastFull = 0;

  /** @param maxWaiting how many may wait while all turns are taken */
  constructor(chronology: Chronology, maxCalls: number, maxWaiting: number) {
    this.#chronology = chronology;
    this.#maxCalls = maxCalls;
    this.#maxReaders = maxCalls + maxWaiting;
  }

  readerComes(): void {
    this.#readers += 1;
    this.#note();
  }

  readerGoes(): void {
    this.#note();
    this.#readers -= 1;
  }

  callBegins(): void {
    this.#calls += 1;
    this.#note();
  }

  callEnds(): void {
    this.#note();
    this.#calls -= 1;
  }

  /** Whether all turns were taken at `order` or later, or more readers were there than may wait for one. */
  wasFullSince(order: number): boolean {
    return this.#isFull || this.#lastFull > order;
  }

  get #isFull(): boolean {
    return this.#calls >= this.#maxCalls || this.#readers >= this.#maxReaders;
  }

  #note(): void {
    if (this.#isFull) this.#lastFull = this.#chronology.next();
  }
}
