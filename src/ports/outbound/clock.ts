/** Time. Everything that depends on it takes it from here, so that tests own it. */
export interface Clock {
  /** Wall time in milliseconds since the epoch; may step either way. Lifetimes use it. */
  now(): number;
  /** Milliseconds since some fixed moment; never steps back, except that a restored snapshot may start elsewhere. */
  monotonic(): number;
  /**
   * Runs `task` once after `delayMs`, and does not keep the process alive for it.
   * A frozen process runs no timer: it runs late, and no correctness may hang on it.
   *
   * @returns a function that cancels what has not run yet
   */
  after(delayMs: number, task: () => void): () => void;
}
