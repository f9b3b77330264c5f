import type { PlainRequest } from '../../ports/server.ts';
import { isLoopback } from './guards.ts';

const SCHEME = 'http://';

/** What was sent of a web-standard request; `undefined` if it is not such that its URL tells. */
export const plainRequest = ({ method, url, headers }: Request): PlainRequest | undefined => {
  const start = url.indexOf('/', SCHEME.length);
  // A target may name a host too, which is then that of the URL.
  if (!url.startsWith(SCHEME) || !isLoopback(url.slice(SCHEME.length, start))) return undefined;
  return { method, target: url.slice(start), headers };
};
