/** The only source of time, so that tests control it. */
export interface Clock {
  /** Wall time in milliseconds since the epoch. It may step in both directions. Lifetimes use it. */
  now(): number;
  /** Milliseconds since a fixed moment. It never steps back, except when a snapshot is restored. */
  monotonic(): number;
  /**
   * Runs `task` once after `delayMs`. Does not keep the process alive.
   * Timers do not run while the process is frozen, so correctness must not depend on them.
   *
   * @returns a function that cancels the task if it has not run
   */
  after(delayMs: number, task: () => void): () => void;
  /** Runs `task` when all that has arrived by now is handled. Default: like `after` with 0. */
  afterTurn?(task: () => void): void;
}
