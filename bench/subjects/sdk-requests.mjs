import { once } from 'node:events';
import { createServer } from 'node:http';
import { READERS } from '../load/readers.mjs';
import { pairsOf } from './raw-pairs.mjs';

/** Headers of a connection. */
const NOT_KEPT = new Set(['connection', 'keep-alive']);

/** Records the AWS SDK's requests for the items `ids` of a table: `{ headers, body }` each, headers as pairs. */
export const recordSdkRequests = async (table, ids, consistent) => {
  const recorded = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    recorded.push({ headers: pairsOf(request, NOT_KEPT), body: Buffer.concat(chunks).toString() });
    const { Key } = JSON.parse(recorded.at(-1).body);
    response.end(JSON.stringify({ Item: Key }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const read = READERS.sdk({ endpoint: `http://127.0.0.1:${server.address().port}`, table, consistent });
  for (const id of ids) await read(id);
  server.close();
  server.closeAllConnections();
  return recorded;
};

/** Returns such a request as bytes on the wire, indistinguishable from one of the SDK. */
export const wireText = ({ headers, body }) => {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return `POST / HTTP/1.1\r\n${lines.join('\r\n')}\r\nconnection: keep-alive\r\n\r\n${body}`;
};
