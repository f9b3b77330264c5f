import type {
  Invocations,
  LifecycleEvent,
  LifecycleEvents,
  StartKind,
} from '../../../src/ports/outbound/lifecycle-events.ts';

interface Barrier {
  readonly reached: () => boolean;
  readonly open: () => void;
}

/** Lifecycle events that a test sends. The test can wait until the extension asks for them. */
export class FakeLifecycleEvents implements LifecycleEvents {
  readonly invocations: Invocations;
  /** The arguments of `reportInitError`, in order. */
  readonly initErrors: Error[] = [];
  /** What `recordStart` returns. */
  readonly startKind: StartKind;
  /** How often it was called. */
  starts = 0;
  readonly #outcomes: Promise<LifecycleEvent>[] = [];
  readonly #waiting: ((outcome: Promise<LifecycleEvent>) => void)[] = [];
  #barriers: Barrier[] = [];
  #asked = 0;

  constructor(invocations: Invocations = 'notified', startKind: StartKind = 'first') {
    this.invocations = invocations;
    this.startKind = startKind;
  }

  recordStart(): StartKind {
    this.starts += 1;
    return this.startKind;
  }

  next(): Promise<LifecycleEvent> {
    this.#asked += 1;
    const outcome = this.#outcomes.shift();
    const answer = outcome ?? new Promise<LifecycleEvent>((resolve) => this.#waiting.push(resolve));
    this.#openBarriers();
    return answer;
  }

  async reportInitError(error: Error): Promise<void> {
    this.initErrors.push(error);
    this.#openBarriers();
  }

  /** The number of calls of `next`. */
  get asked(): number {
    return this.#asked;
  }

  /** Resolves when `next` has been called `times` times in total. */
  whenAsked(times: number): Promise<void> {
    return this.#barrier(() => this.#asked >= times);
  }

  /** Resolves when an init error has been reported. */
  whenInitErrorReported(): Promise<void> {
    return this.#barrier(() => this.initErrors.length > 0);
  }

  /** Answers the waiting or the next call of `next` with an INVOKE event. */
  invoke(deadlineMs = Number.MAX_SAFE_INTEGER): void {
    this.#give(Promise.resolve({ type: 'invoke', deadlineMs }));
  }

  /** Answers the waiting or the next call of `next` with a SHUTDOWN event. */
  shutdown(reason = 'spindown'): void {
    this.#give(Promise.resolve({ type: 'shutdown', reason }));
  }

  /** Makes the waiting or the next call of `next` reject. */
  fail(error: Error): void {
    const outcome = Promise.reject<LifecycleEvent>(error);
    // The rejection is unhandled until `next` is called. That is not a defect of the test.
    outcome.catch(() => undefined);
    this.#give(outcome);
  }

  #give(outcome: Promise<LifecycleEvent>): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(outcome);
    else this.#outcomes.push(outcome);
  }

  #barrier(reached: () => boolean): Promise<void> {
    if (reached()) return Promise.resolve();
    return new Promise((open) => this.#barriers.push({ reached, open }));
  }

  #openBarriers(): void {
    const [open, closed] = [
      this.#barriers.filter((b) => b.reached()),
      this.#barriers.filter((b) => !b.reached()),
    ];
    this.#barriers = closed;
    for (const barrier of open) barrier.open();
  }
}
