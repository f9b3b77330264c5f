import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { CallApi } from '../../../src/adapters/lambda/api-call.ts';
import { callOver } from '../../../src/adapters/lambda/bun-api.ts';
import { registerExtension } from '../../../src/adapters/lambda/extensions-api.ts';
import { callApi } from '../../../src/adapters/lambda/node-api.ts';
import { netConnect } from '../../support/http/net-connect.ts';

/** A host that answers whatever a test wants, in place of Lambda. */
let server: Server;

afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

async function serve(answer: (outgoing: ServerResponse, incoming: IncomingMessage) => void): Promise<string> {
  server = createServer((incoming, outgoing) => answer(outgoing, incoming));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

const CLIENTS: readonly [name: string, call: CallApi][] = [
  ['node:http', callApi],
  ['Bun.connect', callOver(netConnect)],
];

describe.each(CLIENTS)('registerExtension over %s', (_name, call) => {
  const register = (runtimeApi: string) => registerExtension({ runtimeApi, name: 'x', call });

  it('reports that the request was sent before the answer arrives', async () => {
    let grant: () => void = () => undefined;
    const runtimeApi = await serve((outgoing) => {
      grant = () => outgoing.setHeader('Lambda-Extension-Identifier', 'i').end('{}');
    });
    const arrived = new Promise((resolve) => server.once('request', resolve));
    const { sent, registered } = register(runtimeApi);
    await sent;
    await arrived;
    grant();
    await registered;
  });

  it('sends the documented request', async () => {
    let seen: IncomingMessage | undefined;
    let body = '';
    const runtimeApi = await serve((outgoing, incoming) => {
      seen = incoming;
      incoming.on('data', (chunk) => {
        body += chunk;
      });
      incoming.on('end', () => outgoing.setHeader('Lambda-Extension-Identifier', 'i').end('{}'));
    });
    await register(runtimeApi).registered;
    expect(seen).toMatchObject({ method: 'POST', url: '/2020-01-01/extension/register' });
    expect(seen?.headers).toMatchObject({
      'lambda-extension-name': 'x',
      'content-type': 'application/json',
      'content-length': String(body.length),
    });
    expect(JSON.parse(body)).toEqual({ events: ['INVOKE', 'SHUTDOWN'] });
  });

  it.each([{}, { 'Lambda-Extension-Identifier': '' }])(
    'fails for a success with the headers %j',
    async (headers) => {
      const runtimeApi = await serve((outgoing) => outgoing.writeHead(200, headers).end('{}'));
      await expect(register(runtimeApi).registered).rejects.toMatchObject({
        name: 'ExtensionsApiError',
        status: 200,
        message: expect.stringContaining('Lambda-Extension-Identifier'),
      });
    },
  );

  it.each([
    [302, '', undefined],
    [403, '', undefined],
    [403, '<html>', undefined],
    [403, '{"errorType":"Extension.Unheard","errorMessage":"of"}', 'Extension.Unheard'],
    [400, '{"errorType":1}', undefined],
    [503, 'later', undefined],
    [500, '{"errorType":"InternalServerError"}', 'InternalServerError'],
  ])('fails for status %i with the body %j', async (status, body, errorType) => {
    const runtimeApi = await serve((outgoing) => outgoing.writeHead(status).end(body));
    const failure = await register(runtimeApi).registered.catch((error: unknown) => error);
    expect(failure).toMatchObject({
      name: 'ExtensionsApiError',
      code: 'extensions_api_failed',
      status,
      errorType,
    });
  });

  it('reads an answer in chunks, one byte at a time', async () => {
    const runtimeApi = await serve((outgoing) => {
      outgoing.setHeader('Lambda-Extension-Identifier', 'i');
      for (const byte of Buffer.from('{"accountId":"123456789012"}')) outgoing.write(Buffer.of(byte));
      outgoing.end();
    });

    expect((await register(runtimeApi).registered).account).toBe('123456789012');
  });

  it.each([
    ['without an end', (outgoing: ServerResponse) => void outgoing.write(Buffer.alloc(2_000_000, 32))],
    ['that is not HTTP', (outgoing: ServerResponse) => void outgoing.socket?.end('SSH-2.0-x\r\n')],
    ['of an empty connection', (outgoing: ServerResponse) => void outgoing.socket?.end()],
  ])('fails for an answer %s', async (_answer, answer) => {
    const runtimeApi = await serve((outgoing) => answer(outgoing));

    await expect(register(runtimeApi).registered).rejects.toMatchObject({
      name: 'ExtensionsApiError',
      status: undefined,
      cause: expect.anything(),
    });
  });

  it('fails with the code of the error if the connection is reset', async () => {
    const runtimeApi = await serve((outgoing) => void outgoing.socket?.resetAndDestroy());

    await expect(register(runtimeApi).registered).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('fails for a name that would end the header', async () => {
    const runtimeApi = await serve((outgoing) => outgoing.end());

    const { registered } = registerExtension({ runtimeApi, name: 'x\r\nInjected: y', call });

    await expect(registered).rejects.toMatchObject({ cause: { name: 'TypeError' } });
  });

  it('fails for an answer that breaks off', async () => {
    const runtimeApi = await serve((outgoing) => {
      outgoing.writeHead(200, { 'Content-Length': '100' }).write('half');
      outgoing.socket?.destroySoon();
    });
    await expect(register(runtimeApi).registered).rejects.toMatchObject({ status: undefined });
  });
});

describe.each(CLIENTS)('ExtensionSession over %s', (_name, call) => {
  const register = (runtimeApi: string) => registerExtension({ runtimeApi, name: 'x', call });

  it('uses a new connection and its identifier for each event', async () => {
    const polls: IncomingMessage[] = [];
    const runtimeApi = await serve((outgoing, incoming) => {
      if (incoming.url?.endsWith('/event/next')) polls.push(incoming);
      outgoing.setHeader('Lambda-Extension-Identifier', 'i').end('{"eventType":"SHUTDOWN"}');
    });
    const session = await register(runtimeApi).registered;
    await session.next();
    await session.next();
    expect(polls).toMatchObject([
      {
        method: 'GET',
        url: '/2020-01-01/extension/event/next',
        headers: { 'lambda-extension-identifier': 'i' },
      },
      { headers: { 'lambda-extension-identifier': 'i' } },
    ]);
    expect(new Set(polls.map(({ socket }) => socket)).size).toBe(2);
  });

  it('fails for an answer that is not an event', async () => {
    const runtimeApi = await serve((outgoing) =>
      outgoing.setHeader('Lambda-Extension-Identifier', 'i').end('[]'),
    );
    const session = await register(runtimeApi).registered;
    await expect(session.next()).rejects.toMatchObject({ name: 'ExtensionsApiError', status: 200 });
  });
});
