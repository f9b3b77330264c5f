import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * A stand-in for the extension in unit tests. Answers `GET /dynamodb?table=…&hashKey=…&sortKey=…` with the item in `items`
 * under `table/hashKey/sortKey`, or with 404 `item_not_found`; while `failure` is set, with that status.
 */
export const startFakeExtension = async (items) => {
  const fake = { requests: [], failure: undefined };
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url, 'http://localhost');
    const key = ['table', 'hashKey', 'sortKey'].flatMap((name) => searchParams.get(name) ?? []).join('/');
    fake.requests.push(key);
    const item = items[key];
    const status = fake.failure ?? (item === undefined ? 404 : 200);
    const problem = { status, code: status === 404 ? 'item_not_found' : 'upstream_unavailable' };
    response.writeHead(status, {
      'content-type': status === 200 ? 'application/json' : 'application/problem+json',
    });
    response.end(JSON.stringify(status === 200 ? item : problem));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return Object.assign(fake, { port: server.address().port, close });
};
