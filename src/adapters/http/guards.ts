import { timingSafeEqual } from 'node:crypto';
import type { Connection } from '../../ports/inbound/server.ts';
import type { Problem } from './problem.ts';

/** The parts of a request that guards check. */
export interface GuardedRequest {
  readonly url: string;
  readonly headers: Pick<Headers, 'get' | 'has'>;
}

/** Checks a request before a route handles it. Returns the problem if the request must be rejected. */
export type Guard = (request: GuardedRequest, connection: Connection | undefined) => Problem | undefined;

const FORWARDED: Problem = {
  status: 400,
  code: 'forwarded_request',
  detail:
    'requests forwarded by a proxy are rejected: the request has a Forwarded, X-Forwarded-For or Via header',
};
const FOREIGN_HOST: Problem = {
  status: 400,
  code: 'foreign_host',
  detail: 'the Host header, and the host of an absolute target, must be localhost, 127.0.0.1 or [::1]',
};
const CROSS_SITE: Problem = {
  status: 400,
  code: 'cross_site',
  detail:
    'requests from web pages are rejected: the request has an Origin header, or its Sec-Fetch-Site header names another site',
};
const BAD_TOKEN: Problem = {
  status: 403,
  code: 'bad_token',
  detail:
    'the X-Aws-Parameters-Secrets-Token header is missing or wrong: send the value of CACHE_EXTENSION_TOKEN',
};
/** The problem of a request for a secret without a token, or with another one. */
export const NO_SECRET_TOKEN: Problem = {
  status: 403,
  code: 'bad_token',
  detail:
    "the X-Aws-Parameters-Secrets-Token header is missing or wrong: send the value of the function's AWS_SESSION_TOKEN, or under SnapStart that of AWS_CONTAINER_AUTHORIZATION_TOKEN, or that of CACHE_EXTENSION_TOKEN if it is set",
};
const TOO_MANY_CONNECTIONS: Problem = {
  status: 429,
  code: 'too_many_connections',
  detail:
    'the connection limit is exceeded and this connection is over it: reuse connections, or raise CACHE_EXTENSION_MAX_CONNECTIONS',
  // Closing the connection makes room for others.
  headers: { connection: 'close' },
};

/** Rejects requests that a proxy inside the function forwards, which an attacker could control. */
const rejectForwarded: Guard = ({ headers }) =>
  headers.has('x-forwarded-for') || headers.has('forwarded') || headers.has('via') ? FORWARDED : undefined;

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d*)?$/i;

/** Whether a host, with or without a port, is a loopback name or address. */
const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** Rejects other host names in the Host header and in an absolute target, as a protection from DNS rebinding. */
const rejectForeignHost: Guard = ({ headers, url }) => {
  const host = headers.get('host');
  if (host === null || !isLoopback(host)) return FOREIGN_HOST;
  // Usually the URL is built from the Host header, which is checked already.
  const start = url.indexOf('//') + 2;
  if (url.startsWith(host, start) && url[start + host.length] === '/') return undefined;
  return isLoopback(url.slice(start, url.indexOf('/', start))) ? undefined : FOREIGN_HOST;
};

/** Rejects requests of web pages in a browser on the same machine. */
const rejectCrossSite: Guard = ({ headers }) => {
  if (headers.has('origin')) return CROSS_SITE;
  const site = headers.get('sec-fetch-site');
  return site === 'cross-site' || site === 'same-site' ? CROSS_SITE : undefined;
};

/** The guards of every route: only programs on the same machine that mean this server are answered. */
export const LOCAL_ONLY: readonly Guard[] = [rejectForwarded, rejectForeignHost, rejectCrossSite];

/** Rejects requests that do not carry one of `tokens`. */
export const rejectWithoutToken = (tokens: readonly string[], problem: Problem = BAD_TOKEN): Guard => {
  const isValid = tokenCheck(tokens);
  return ({ headers }) => {
    const shown = headers.get(TOKEN);
    return shown !== null && isValid(shown) ? undefined : problem;
  };
};

/**
 * Creates a check of header values against `tokens`. Its time depends on the length of the value, and on nothing else: a digest
 * of each value would hide the lengths of the tokens, too, but takes a tenth of the processor time of a hit.
 */
export const tokenCheck = (tokens: readonly string[]): TokenCheck => {
  const pairs = tokens.map((token) => {
    const expected = Buffer.from(token, 'utf8');
    return { expected, given: Buffer.alloc(expected.length) };
  });
  return (shown) => {
    let isValid = false;
    for (const { expected, given } of pairs) {
      if (shown.length !== expected.length) continue;
      // Header values have one character per byte.
      given.write(shown, 'latin1');
      isValid = timingSafeEqual(given, expected) || isValid;
    }
    return isValid;
  };
};

/** Rejects requests on connections over the limit. */
export const rejectOverLimit: Guard = (_request, connection) =>
  connection?.overLimit ? TOO_MANY_CONNECTIONS : undefined;

/** Combines guards; the first problem in their order counts. */
export const allOf =
  (guards: readonly Guard[]): Guard =>
  (request, connection) => {
    for (const guard of guards) {
      const problem = guard(request, connection);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

/** Headers that no guard and no route reads. Any other header may have an effect. */
const WITHOUT_EFFECT = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'user-agent',
  // Sent by fetch, and by Java's HTTP client, which offers HTTP/2 with each first request.
  'sec-fetch-mode',
  'upgrade',
  'http2-settings',
  // Tracing headers.
  'traceparent',
  'tracestate',
  'baggage',
  'x-amzn-trace-id',
]);

const TOKEN = 'x-aws-parameters-secrets-token';

/** Returns whether `token` is the configured one. */
export type TokenCheck = (token: string) => boolean;

/** Returns whether a request with these headers passes all guards and accepts an item of any age. */
export type PlainHeadersCheck = (headers: readonly string[]) => boolean;

/** Connections that are in use at a time; with more of them, headers are checked more often. */
const MAX_KNOWN_LISTS = 16;

/**
 * Creates the check of a fast path. Headers pass that have one loopback `Host`, the right token if one is configured, and no
 * other header that has an effect. They are given as alternating names and values, as received. A list that passed is not
 * checked again: requests of a raw connection share one list, which never changes.
 *
 * @param checkToken absent if no token is needed
 */
export const plainHeadersCheck = (checkToken?: TokenCheck): PlainHeadersCheck => {
  const known: (readonly string[])[] = [];
  let oldest = 0;
  return (headers) => {
    if (known.includes(headers)) return true;
    if (!arePlainHeaders(headers, checkToken)) return false;
    known[oldest] = headers;
    oldest = (oldest + 1) % MAX_KNOWN_LISTS;
    return true;
  };
};

const arePlainHeaders = (headers: readonly string[], checkToken: TokenCheck | undefined): boolean => {
  let hosts = 0;
  let tokens = 0;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? '';
    if (WITHOUT_EFFECT.has(name)) continue;
    const value = headers[index + 1] ?? '';
    if (name === 'host' && isLoopback(value)) hosts += 1;
    else if (name === TOKEN && (checkToken === undefined || checkToken(value))) tokens += 1;
    else return false;
  }
  // Of a repeated header, a parser may use either value.
  return hosts === 1 && tokens <= 1 && (tokens === 1 || checkToken === undefined);
};

/** A target that URL parsers leave as it is: no dot segments, backslashes or characters to be encoded. */
export const PLAIN_TARGET = /^(?!.*\/(?:\.|%2e){1,2}(?:[/?]|$))\/[\w\-.~!$&'()*+,;=:@%/?]*$/i;
