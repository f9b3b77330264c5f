/** What is left for answers that need the source, before an invocation is cut off. */
const MARGIN_MS = 100;

/** The invocation that runs now, as far as it is known. */
export class Invocation {
  #deadlineMs: number | undefined;

  begin(deadlineMs: number): void {
    this.#deadlineMs = deadlineMs;
  }

  /** `timeoutMs`, cut short where the deadline comes first. A deadline that has passed belongs to an earlier invocation. */
  budgetMs(timeoutMs: number, now: number): number {
    if (this.#deadlineMs === undefined || this.#deadlineMs <= now) return timeoutMs;
    return Math.max(0, Math.min(timeoutMs, this.#deadlineMs - MARGIN_MS - now));
  }
}
