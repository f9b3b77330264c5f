import { LambdaFailure } from './lambda-failure.ts';

/** Waits for states to be reached, until something fails; then for nothing any more. */
export class Flow {
  readonly #watchers = new Set<() => void>();
  #blamed: LambdaFailure | undefined;
  #failure: LambdaFailure | undefined;

  get failure(): LambdaFailure | undefined {
    return this.#failure;
  }

  /** Looks again at all that is waited for. */
  changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Keeps the first reason that somebody gave for a failure yet to come. */
  blame(errorType: string, message: string): void {
    this.#blamed ??= new LambdaFailure(errorType, message);
  }

  /** Fails all waiting, now and later. The first failure counts, or the reason given for it. */
  fail(errorType: string, message: string): void {
    this.#failure ??= this.#blamed ?? new LambdaFailure(errorType, message);
    this.changed();
  }

  /** Resolves once the state is reached; `deadlineMs` is wall time. */
  until(reached: () => boolean, deadlineMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waitMs = deadlineMs - Date.now();
      const settle = (how: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        how();
      };
      const watcher = () => {
        if (this.#failure) settle(() => reject(this.#failure));
        else if (reached()) settle(resolve);
      };
      const timer = setTimeout(() => {
        const message = `Task timed out after ${(waitMs / 1000).toFixed(2)} seconds`;
        settle(() => reject(new LambdaFailure('Sandbox.Timedout', message)));
      }, waitMs);
      this.#watchers.add(watcher);
      watcher();
    });
  }
}
