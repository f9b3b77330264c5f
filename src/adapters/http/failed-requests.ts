import { CacheError } from '../../domain/cache/errors.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import { logDefect } from './defect-log.ts';
import { INTERNAL, type Problem, problemOf } from './problem.ts';

/** Decides how a failed request is answered, and logs what only the log shows. */
export class FailedRequests {
  readonly #logger: Logger;
  readonly #rejected = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** The problem for an error that a route threw. */
  problemOf(error: unknown): Problem {
    if (error instanceof CacheError) return this.rejected(problemOf(error));
    logDefect(error, this.#logger);
    return INTERNAL;
  }

  /**
   * Logs the first problem of each code that is the fault of the request: a client that then reads from the source itself
   * hides that nothing is cached. Returns the problem.
   */
  rejected(problem: Problem): Problem {
    const { status, code } = problem;
    if (status < 500 && !this.#rejected.has(code)) {
      this.#rejected.add(code);
      this.#logger.warn('requests are rejected; later ones with this code are not logged', { status, code });
    }
    return problem;
  }
}
