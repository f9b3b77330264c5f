import type { Connection, PlainAnswer, PlainRequest, RequestHandler } from '../../ports/inbound/server.ts';
import {
  allOf,
  type Guard,
  LOCAL_ONLY,
  PLAIN_TARGET,
  plainHeadersCheck,
  rejectOverLimit,
  type TokenCheck,
} from './guards.ts';
import { ParsedRequests } from './parsed-requests.ts';
import { methodNotAllowed, type Problem, webResponse } from './problem.ts';

/** How a listener that replaces an extension of AWS answers GET, the only method of these extensions. */
export interface GetRoutes {
  /** Checks requests after the guards of all listeners. */
  readonly guard?: Guard;
  /** The check of the token that requests of the fast path need; absent if they need none. */
  readonly checkToken?: TokenCheck;
  /**
   * Answers a request. Must not throw or reject.
   *
   * @param headers absent if none of them has an effect
   */
  readonly answer: (target: string, headers?: Headers) => PlainAnswer | Promise<PlainAnswer>;
  /** The answer to a request that a guard or the method rejects. */
  readonly rejection: (problem: Problem) => PlainAnswer;
}

const LOCAL = [rejectOverLimit, ...LOCAL_ONLY];

/** Creates a handler whose fast path gives plain requests the same answers. */
export const getHandler = ({ guard, checkToken, answer, rejection }: GetRoutes): RequestHandler => {
  const guarded = allOf(guard === undefined ? LOCAL : [...LOCAL, guard]);
  const arePlain = plainHeadersCheck(checkToken);
  const plainTargets = new ParsedRequests((target) => PLAIN_TARGET.test(target));
  return Object.assign(
    (request: Request, connection: Connection): Response | Promise<Response> => {
      const problem =
        guarded(request, connection) ?? (request.method === 'GET' ? undefined : methodNotAllowed('GET'));
      const answered =
        problem === undefined ? answer(targetIn(request.url), request.headers) : rejection(problem);
      return 'then' in answered ? answered.then(webResponse) : webResponse(answered);
    },
    {
      fastPath: ({ method, target, headers }: PlainRequest, { overLimit }: Connection) =>
        method === 'GET' && !overLimit && arePlain(headers) && plainTargets.of(target)
          ? answer(target)
          : undefined,
    },
  );
};

/** The path and query of a URL, as they were sent. */
export const targetIn = (url: string): string => url.slice(url.indexOf('/', url.indexOf('//') + 2));

/** Splits a target at its question mark. Without one, the query is empty. */
export const pathAndQuery = (target: string): readonly [path: string, query: string] => {
  const end = target.indexOf('?');
  return end === -1 ? [target, ''] : [target.slice(0, end), target.slice(end + 1)];
};
