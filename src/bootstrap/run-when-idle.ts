import type { LifecycleEvent, LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';

/** Uses the time when nothing is left to do but wait for the first event, such as the function's own start. */
export class RunWhenIdle implements LifecycleEvents {
  readonly #events: LifecycleEvents;
  #use: (() => void) | undefined;

  constructor(events: LifecycleEvents, use: () => void) {
    this.#events = events;
    this.#use = use;
  }

  get invocations() {
    return this.#events.invocations;
  }

  get account() {
    return this.#events.account;
  }

  next(): Promise<LifecycleEvent> {
    const event = this.#events.next();
    const use = this.#use;
    this.#use = undefined;
    // The question leaves in the first turn of the event loop.
    if (use !== undefined) setImmediate(() => setImmediate(use));
    return event;
  }

  reportInitError(error: Error): Promise<void> {
    return this.#events.reportInitError(error);
  }
}
