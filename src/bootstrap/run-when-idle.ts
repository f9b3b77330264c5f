import type { LifecycleEvent, LifecycleEvents, StartKind } from '../ports/outbound/lifecycle-events.ts';

/** Runs a task once, while the program waits for the first event: the function initializes in this time. */
export class RunWhenIdle implements LifecycleEvents {
  readonly #events: LifecycleEvents;
  #task: (() => void) | undefined;

  constructor(events: LifecycleEvents, use: () => void) {
    this.#events = events;
    this.#task = use;
  }

  get invocations() {
    return this.#events.invocations;
  }

  get account() {
    return this.#events.account;
  }

  recordStart(): StartKind {
    return this.#events.recordStart?.() ?? 'first';
  }

  next(): Promise<LifecycleEvent> {
    const event = this.#events.next();
    const use = this.#task;
    this.#task = undefined;
    // Two turns later, because the request for the event is sent in the first turn of the event loop.
    if (use !== undefined) setImmediate(() => setImmediate(use));
    return event;
  }

  reportInitError(error: Error): Promise<void> {
    return this.#events.reportInitError(error);
  }
}
