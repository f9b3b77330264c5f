import type { HeaderLookup } from '../../ports/server.ts';
import { isLoopback } from './guards.ts';

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

/** Headers that a guard or a route looks at, but for `Host` and the token. */
const WITH_EFFECT = [
  'x-forwarded-for',
  'forwarded',
  'via',
  'origin',
  'sec-fetch-site',
  'cache-control',
  'if-none-match',
  'content-length',
  'transfer-encoding',
];

/** Shows whether a token is the right one. */
export type TokenCheck = (token: string) => boolean;

/**
 * Whether the headers of a request are such that the guards let it through and that it asks for an item in whatever state:
 * a `Host` that is this machine, the right token where one is needed, and nothing else that has an effect.
 *
 * @param headers names and values in turn, as they were sent, or what finds them: where they are to be had one by one only,
 *   it takes less to ask for the few with an effect than to go through all of them
 * @param showsToken absent if no token is needed
 */
export const arePlain = (headers: readonly string[] | HeaderLookup, showsToken?: TokenCheck): boolean =>
  'get' in headers ? findsPlain(headers, showsToken) : listsPlain(headers, showsToken);

const findsPlain = (headers: HeaderLookup, showsToken?: TokenCheck): boolean => {
  const host = headers.get('host');
  if (host === null || !isLoopback(host)) return false;
  for (const name of WITH_EFFECT) {
    if (headers.get(name) !== null) return false;
  }
  if (showsToken === undefined) return true;
  const token = headers.get(TOKEN);
  return token !== null && showsToken(token);
};

const listsPlain = (headers: readonly string[], showsToken?: TokenCheck): boolean => {
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
