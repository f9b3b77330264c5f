import { readFile } from 'node:fs/promises';
import { allOf, LOCAL_ONLY } from '../../src/adapters/http/guards.ts';
import { NO_SUCH_ROUTE, problemResponse } from '../../src/adapters/http/problem.ts';
import { NodeHttpServer } from '../../src/adapters/http/server/node-server.ts';
import { StatusPageServer } from '../../src/adapters/http/status-page/status-page-server.ts';
import type { RequestHandler } from '../../src/ports/inbound/server.ts';

/** A status page that is served. */
export interface ServedStatusPage {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the status page of the extension at `port` on a port of its own: the extension of the layer has no page. It passes on
 * what the page asks.
 *
 * @param path of the built page
 */
export const serveStatusPage = async (path: string, port: number): Promise<ServedStatusPage> => {
  const server = new NodeHttpServer({ port: 0, maxConnections: 16, maxHeaderBytes: 16_384 });
  const paged = new StatusPageServer(server, await readFile(path, 'utf8'));
  await paged.listen();
  await paged.serve(passingOnTo(port));
  return { url: `http://localhost:${server.port}/`, close: () => paged.close() };
};

const passingOnTo = (port: number): RequestHandler => {
  const guard = allOf(LOCAL_ONLY);
  return async (request, connection) => {
    const problem = guard(request, connection);
    if (problem !== undefined) return problemResponse(problem);
    const { pathname } = new URL(request.url);
    if (pathname !== '/health' && pathname !== '/metrics') return problemResponse(NO_SUCH_ROUTE);
    try {
      const { method } = request;
      const { status, headers, body } = await fetch(`http://127.0.0.1:${port}${pathname}`, { method });
      return new Response(body, {
        status,
        headers: { 'content-type': headers.get('content-type') ?? 'text/plain' },
      });
    } catch {
      return problemResponse({ status: 502, code: 'no_answer', detail: 'the extension does not answer' });
    }
  };
};
