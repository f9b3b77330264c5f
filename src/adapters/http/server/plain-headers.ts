import { isLoopback } from '../guards.ts';

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
