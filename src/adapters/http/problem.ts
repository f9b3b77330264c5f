import { STATUS_CODES } from 'node:http';
import { CacheError, type ErrorCategory } from '../../domain/cache/errors.ts';
import type { PlainAnswer } from '../../ports/inbound/server.ts';
import type { Logger } from '../../ports/outbound/logger.ts';

/** Why a request fails (RFC 9457). */
export interface Problem {
  readonly status: number;
  /** Stable, for clients to compare. */
  readonly code: string;
  /** A message for people. Never contains a key value, a credential or a stack. */
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const STATUS_OF: Readonly<Record<ErrorCategory, number>> = {
  invalid_request: 400,
  forbidden: 403,
  refused: 502,
  unavailable: 503,
  not_in_cache: 504,
  timeout: 504,
};

/** The problem that a client receives for an error of the cache. */
export const problemOf = (error: CacheError): Problem => {
  const { category, code, message: detail } = error;
  return { status: STATUS_OF[category], code, detail, ...retryHeaders(error) };
};

/** The header that says when a retry may succeed, if the error says so. */
export const retryHeaders = ({ retryAfterMs }: CacheError): Pick<Problem, 'headers'> =>
  retryAfterMs === undefined ? {} : { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } };

export const INTERNAL: Problem = {
  status: 500,
  code: 'internal',
  detail: 'an internal error of the cache prevented an answer: see its log',
};

export const NO_SUCH_ROUTE: Problem = {
  status: 404,
  code: 'no_such_route',
  detail: 'no route exists at this path',
};

/** The path does not accept the method of the request. `allow` is the value of the `Allow` header. */
export const methodNotAllowed = (allow: string): Problem => ({
  status: 405,
  code: 'method_not_allowed',
  detail: `this path accepts only ${allow}`,
  headers: { allow },
});

const encoder = new TextEncoder();

/** A response with this content. */
export const plainAnswer = (
  status: number,
  contentType: string,
  content: Uint8Array | string,
  headers: PlainAnswer['headers'] = {},
): PlainAnswer => {
  const body = typeof content === 'string' ? encoder.encode(content) : content;
  const length = String(body.byteLength);
  return { status, headers: { 'content-type': contentType, 'content-length': length, ...headers }, body };
};

/** The `application/problem+json` response for a problem. */
export const problemAnswer = ({ status, code, detail, headers }: Problem): PlainAnswer => {
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, detail, code };
  return plainAnswer(status, 'application/problem+json', JSON.stringify(problem), headers);
};

/** Converts a response to a web-standard object. */
export const webResponse = ({ status, headers, body }: PlainAnswer): Response =>
  new Response(status === 204 || status === 304 ? null : body, { status, headers });

/** The response for a problem, as a web-standard object. */
export const problemResponse = (problem: Problem): Response => webResponse(problemAnswer(problem));

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

/** Logs an error that is a defect of the program. */
export const logDefect = (thrown: unknown, logger: Logger): void => {
  const error = thrown instanceof Error ? thrown : new TypeError('the thrown value is not an Error');
  // The message may quote an item or a secret, so that only the stack frames are logged.
  const stack = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  logger.error('a request failed with an unexpected error', { error: error.name, stack });
};
