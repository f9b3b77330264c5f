import type { ClientSignal, GoneListener } from '../../../../ports/inbound/client-signal.ts';

/** Tells that a client has left before it was answered. */
export class ClientLeft implements ClientSignal {
  readonly #listeners = new Set<GoneListener>();
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: GoneListener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: GoneListener): void {
    this.#listeners.delete(listener);
  }

  /** It has left. */
  abort(): void {
    this.#aborted = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener.handleEvent();
  }
}
