import type { ProxiedRequest } from './exchange.ts';

/** Which requests are meant: all those of an operation, or those that fit. */
export type Choice = string | ((request: ProxiedRequest) => boolean);

/** The requests that have come, and barriers for tests that wait for them. */
export class Arrivals {
  #requests: ProxiedRequest[] = [];
  #waiting: { readonly isOver: () => boolean; readonly goOn: () => void }[] = [];

  get requests(): readonly ProxiedRequest[] {
    return this.#requests;
  }

  add(request: ProxiedRequest): void {
    this.#requests.push(request);
    const over = this.#waiting.filter(({ isOver }) => isOver());
    this.#waiting = this.#waiting.filter((barrier) => !over.includes(barrier));
    for (const { goOn } of over) goOn();
  }

  count(choice: Choice = () => true): number {
    return this.#requests.filter(fitting(choice)).length;
  }

  /** Resolves once `count` requests in all have come since the beginning, or since `forget`. */
  arrived(count: number, choice?: Choice): Promise<void> {
    const isOver = () => this.count(choice) >= count;
    if (isOver()) return Promise.resolve();
    return new Promise((goOn) => {
      this.#waiting.push({ isOver, goOn });
    });
  }

  /** Begins to count anew. */
  forget(): void {
    this.#requests = [];
  }
}

const fitting = (choice: Choice): ((request: ProxiedRequest) => boolean) =>
  typeof choice === 'string' ? ({ operation }) => operation === choice : choice;
