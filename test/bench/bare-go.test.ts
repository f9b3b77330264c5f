import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { type BareServer, startBare, startBareGo } from '../../bench/subjects/programs.mjs';

const SMALL = '/dynamodb?name=Items@@1';
const LARGE = '/dynamodb?name=Items@@2';
const BODIES = new Map([
  [SMALL, '{"id":"1"}'],
  [LARGE, JSON.stringify({ id: '2', payload: 'x'.repeat(10_000) })],
]);

const startRecordedServer = async () => {
  const server = createServer(({ url = '' }, response) => {
    const body = BODIES.get(url) ?? '';
    response
      .writeHead(200, { 'content-type': 'application/json', etag: '"1"', 'content-length': body.length })
      .end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
};

const answersOf = ({ port }: BareServer) =>
  Promise.all(
    [...BODIES.keys()].map(async (target) => {
      const response = await fetch(`http://127.0.0.1:${port}${target}`);
      const headers = [...response.headers].filter(([name]) => name !== 'date');
      return {
        status: response.status,
        headers,
        dated: response.headers.has('date'),
        body: await response.text(),
      };
    }),
  );

it('answers on Go with the same status, headers and bodies as on Node.js, or says that Go is absent', async () => {
  const { server, port } = await startRecordedServer();
  const targets = [...BODIES.keys()];
  const onNode = await startBare('bare-http', port, targets);
  const onGo = await startBareGo(port, targets);
  try {
    if ('unavailable' in onGo) expect(onGo.unavailable).toBe('go was not found on the PATH');
    else expect(await answersOf(onGo)).toEqual(await answersOf(onNode));
  } finally {
    await onNode.child.stop();
    if (!('unavailable' in onGo)) await onGo.child.stop();
    server.close();
    server.closeAllConnections();
  }
});
