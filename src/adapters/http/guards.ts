import { createHash, timingSafeEqual } from 'node:crypto';
import type { Connection } from '../../ports/inbound/server.ts';
import type { Problem } from './problem.ts';

/** What guards look at. */
export interface GuardedRequest {
  readonly url: string;
  readonly headers: Pick<Headers, 'get' | 'has'>;
}

/** Refuses a request before anything else looks at it. */
export type Guard = (request: GuardedRequest, connection: Connection | undefined) => Problem | undefined;

const FORWARDED: Problem = {
  status: 400,
  code: 'forwarded_request',
  detail: 'requests that came through a proxy are not answered',
};
const FOREIGN_HOST: Problem = {
  status: 400,
  code: 'foreign_host',
  detail: 'the Host must be localhost, 127.0.0.1 or [::1]',
};
const CROSS_SITE: Problem = {
  status: 400,
  code: 'cross_site',
  detail: 'requests that a web page makes are not answered',
};
const BAD_TOKEN: Problem = {
  status: 403,
  code: 'bad_token',
  detail: 'the X-Aws-Parameters-Secrets-Token header is missing or wrong',
};
const TOO_MANY_CONNECTIONS: Problem = {
  status: 429,
  code: 'too_many_connections',
  detail: 'more connections are open than are allowed',
  // Whoever is over the limit is to leave, and so make room for others.
  headers: { connection: 'close' },
};

/** Keeps out what a proxy inside the function was talked into passing on. */
export const refuseForwarded: Guard = ({ headers }) =>
  headers.has('x-forwarded-for') || headers.has('forwarded') || headers.has('via') ? FORWARDED : undefined;

const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d*)?$/i;

/** Whether a host, with a port or without, is this machine. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** Keeps out names that only lead here, as in DNS rebinding: in the Host header, and in the target if that names a host too. */
export const refuseForeignHost: Guard = ({ headers, url }) => {
  const host = headers.get('host');
  if (host === null || !isLoopback(host)) return FOREIGN_HOST;
  // As a rule the URL was made from the Host header, so that there is nothing else to look at.
  const start = url.indexOf('//') + 2;
  if (url.startsWith(host, start) && url[start + host.length] === '/') return undefined;
  return isLoopback(url.slice(start, url.indexOf('/', start))) ? undefined : FOREIGN_HOST;
};

/** Keeps out web pages in a browser on the same machine. */
export const refuseCrossSite: Guard = ({ headers }) => {
  if (headers.has('origin')) return CROSS_SITE;
  const site = headers.get('sec-fetch-site');
  return site === 'cross-site' || site === 'same-site' ? CROSS_SITE : undefined;
};

/** Keeps out whoever cannot show `token`. */
export const refuseWithout = (token: string): Guard => {
  const shows = tokenCheck(token);
  return ({ headers }) => {
    const shown = headers.get('x-aws-parameters-secrets-token');
    return shown !== null && shows(shown) ? undefined : BAD_TOKEN;
  };
};

/** Tells whether what a header shows is `token`, in a time that says nothing of it. */
export const tokenCheck = (token: string): ((shown: string) => boolean) => {
  const expected = sha256(Buffer.from(token, 'utf8'));
  // Header values come as one character for each byte. Digests have one length, whatever was sent.
  return (shown) => timingSafeEqual(sha256(Buffer.from(shown, 'latin1')), expected);
};

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

/** Turns away connections that are too many. */
export const refuseOverLimit: Guard = (_request, connection) =>
  connection?.overLimit ? TOO_MANY_CONNECTIONS : undefined;

/** A guard that refuses what any of `guards` refuses, asked in this order. */
export const allOf =
  (guards: readonly Guard[]): Guard =>
  (request, connection) => {
    for (const guard of guards) {
      const problem = guard(request, connection);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

/** Headers that no guard and no route looks at. Whatever is not known here may be one that they do. */
const WITHOUT_EFFECT = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'user-agent',
  // Of fetch, and of Java's client, which offers HTTP/2 with each first request.
  'sec-fetch-mode',
  'upgrade',
  'http2-settings',
  // Of tracing.
  'traceparent',
  'tracestate',
  'baggage',
  'x-amzn-trace-id',
]);

const TOKEN = 'x-aws-parameters-secrets-token';

/** Shows whether a token is the right one. */
export type TokenCheck = (token: string) => boolean;

/**
 * Whether the headers of a request are such that the guards let it through and that it asks for an item in whatever state:
 * a `Host` that is this machine, the right token where one is needed, and nothing else that has an effect.
 *
 * @param headers names and values in turn, as they were sent
 * @param showsToken absent if no token is needed
 */
export const arePlain = (headers: readonly string[], showsToken?: TokenCheck): boolean => {
  let hosts = 0;
  let tokens = 0;
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index]?.toLowerCase() ?? '';
    if (WITHOUT_EFFECT.has(name)) continue;
    const value = headers[index + 1] ?? '';
    if (name === 'host' && isLoopback(value)) hosts += 1;
    else if (name === TOKEN && (showsToken === undefined || showsToken(value))) tokens += 1;
    else return false;
  }
  // Of what is sent twice, a parser may take either.
  return hosts === 1 && tokens <= 1 && (tokens === 1 || showsToken === undefined);
};
