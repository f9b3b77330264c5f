import type { ServerResponse } from 'node:http';
import type { ClientSignal, GoneListener } from '../../../ports/inbound/client-signal.ts';

/** Tells that the client is gone before its answer was written. */
export class ClientAbort implements ClientSignal {
  readonly #outgoing: ServerResponse;
  readonly #listeners: GoneListener[] = [];
  #aborted = false;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
    // Whoever asks late may have missed the event.
    if (outgoing.destroyed) this.#closed();
    else outgoing.on('close', () => this.#closed());
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: GoneListener): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: GoneListener): void {
    const place = this.#listeners.indexOf(listener);
    if (place !== -1) this.#listeners.splice(place, 1);
  }

  #closed(): void {
    if (this.#outgoing.writableFinished) return;
    this.#aborted = true;
    for (const listener of this.#listeners.splice(0)) listener.handleEvent();
  }
}
