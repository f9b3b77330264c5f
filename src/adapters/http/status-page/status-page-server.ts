import { createHash } from 'node:crypto';
import type { Connection, RequestHandler, Server } from '../../../ports/inbound/server.ts';
import type { Logger } from '../../../ports/outbound/logger.ts';
import { allOf, LOCAL_ONLY, rejectOverLimit } from '../guards.ts';
import { problemResponse } from '../problem.ts';

/** A server that also answers `GET /` with the status page. Not for Lambda, where the function could not show a page. */
export class StatusPageServer implements Server {
  readonly #server: Server;
  readonly #page: string;

  /** @param page HTML, whose scripts and styles are inline */
  constructor(server: Server, page: string) {
    this.#server = server;
    this.#page = page;
  }

  listen(): Promise<void> {
    return this.#server.listen();
  }

  serve(handler: RequestHandler, logger?: Logger): Promise<void> {
    return this.#server.serve(withStatusPage(handler, this.#page), logger);
  }

  async warmUp(): Promise<void> {
    await this.#server.warmUp?.();
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

/** The handler, which answers all but `GET /` and `HEAD /` as before. */
export const withStatusPage = (handler: RequestHandler, page: string): RequestHandler => {
  // No token: a browser cannot send one, and the page has no data of its own.
  const guard = allOf([rejectOverLimit, ...LOCAL_ONLY]);
  const headers = headersOf(page);
  const answer = (request: Request, connection: Connection) => {
    if (!isForPage(request)) return handler(request, connection);
    const problem = guard(request, connection);
    return problem === undefined ? new Response(page, { headers }) : problemResponse(problem);
  };
  return Object.assign(answer, { ...handler });
};

const isForPage = ({ method, url }: Request): boolean =>
  (method === 'GET' || method === 'HEAD') && new URL(url).pathname === '/';

const headersOf = (page: string): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-length': String(Buffer.byteLength(page)),
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `script-src ${inlineHashes(page, 'script')}`,
    `style-src ${inlineHashes(page, 'style')}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
});

/** The sources of a policy that allows exactly the inline elements of the page. */
const inlineHashes = (page: string, tag: 'script' | 'style'): string =>
  [...page.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))]
    .map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    .join(' ');
