import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NodeExchange } from '../../../../src/adapters/http/server/node-exchange.ts';

describe('NodeExchange', () => {
  const server = createServer();
  let url = '';

  beforeEach(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  });

  afterEach(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });

  const received = async (): Promise<[IncomingMessage, ServerResponse]> => {
    const [incoming, outgoing] = await once(server, 'request');
    return [incoming, outgoing];
  };

  it('aborts its signal when the client disconnects, even if the signal is read afterwards', async () => {
    const client = request(url, { method: 'POST', headers: { 'content-length': 2 } });
    client.on('error', () => undefined).flushHeaders();
    const [incoming, outgoing] = await received();
    const exchange = new NodeExchange(incoming, outgoing);
    const reading = exchange.read({ maxBytes: 2, take: () => undefined });
    client.destroy();

    await expect(reading).rejects.toThrow();
    expect(exchange.signal.aborted).toBe(true);
  });

  it('does not abort its signal after the response', async () => {
    const client = request(url, { method: 'POST' }).end();
    const exchange = new NodeExchange(...(await received()));
    const answered = once(client, 'response');
    await exchange.write({ status: 200, headers: { 'content-length': '2' }, body: Buffer.from('{}') });
    const [answer] = await answered;
    await once(answer.resume(), 'end');

    expect(exchange.signal.aborted).toBe(false);
  });
});
