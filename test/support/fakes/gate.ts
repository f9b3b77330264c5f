import { SourceTimeoutError } from '../../../src/domain/cache/errors.ts';

/** Delays calls until a test opens it. */
export class Gate {
  readonly #opened: Promise<void>;
  #open: () => void = () => {};
  #waiting = 0;
  #arrivals: { readonly count: number; readonly seen: () => void }[] = [];

  constructor() {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** Resolves when `count` calls in total have arrived at the gate. */
  arrived(count = 1): Promise<void> {
    return new Promise((resolve) => {
      this.#arrivals.push({ count, seen: resolve });
      this.#announce();
    });
  }

  /** Lets all waiting and later calls through. */
  open(): void {
    this.#open();
  }

  /** Waits for the gate to open. Rejects if `signal` is aborted before that. */
  async pass(signal: AbortSignal): Promise<void> {
    this.#waiting += 1;
    this.#announce();
    await new Promise<void>((resolve, reject) => {
      const giveUp = (): void =>
        reject(new SourceTimeoutError('the read was given up', { cause: signal.reason }));
      signal.addEventListener('abort', giveUp, { once: true });
      this.#opened.then(resolve);
    });
  }

  #announce(): void {
    for (const { count, seen } of this.#arrivals) if (this.#waiting >= count) seen();
    this.#arrivals = this.#arrivals.filter(({ count }) => this.#waiting < count);
  }
}
