import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ValkeyAddress, ValkeyEntries } from '../../../src/adapters/valkey/valkey-entries.ts';
import { CacheError, SourceRefusedError } from '../../../src/domain/cache/errors.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { NO_VALKEY, ValkeyServer } from '../../support/valkey/valkey-server.ts';

const PASSWORD = 'p@ss:w/rd';
const suite = NO_VALKEY === undefined ? describe : describe.skip;
const { signal } = new AbortController();

suite(`a server with users${NO_VALKEY === undefined ? '' : ` (${NO_VALKEY})`}`, () => {
  let server: ValkeyServer;
  const opened: ValkeyEntries[] = [];
  const clock = new FakeClock();

  beforeAll(async () => {
    server = await ValkeyServer.start(
      '--requirepass',
      PASSWORD,
      ...['--user', 'app', 'on', `>${PASSWORD}`, '~*', '+@all'],
    );
  });

  afterAll(async () => {
    for (const entries of opened) entries.dropConnections();
    await server.close();
  });

  const open = (login: Pick<ValkeyAddress, 'username' | 'password'>) => {
    const address = { host: '127.0.0.1', port: server.port, hasTls: false, isCluster: false, ...login };
    const entries = new ValkeyEntries(address, clock);
    opened.push(entries);
    return entries;
  };

  it.each([
    ['the password of the default user', { password: PASSWORD }],
    ['a user and a password', { username: 'app', password: PASSWORD }],
  ])('accepts %s', async (_, login) => {
    expect(await open(login).getMany(['a'], signal)).toEqual([undefined]);
  });

  it.each([
    ['no password', {}],
    ['a wrong password', { username: 'app', password: 'a-wrong-secret' }],
  ])('refuses %s with an error that does not repeat it', async (_, login) => {
    const error: unknown = await open(login)
      .getMany(['a'], signal)
      .catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(SourceRefusedError);
    // Refused is the login or the command that follows it at once, whichever answer is handled first.
    expect(error).toMatchObject({
      message: expect.stringMatching(
        new RegExp(
          `^127.0.0.1:${server.port} answered with the error (NOAUTH|WRONGPASS): check user and password in the URL$`,
        ),
      ),
    });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('a-wrong-secret');
  });
});

suite(`a server that is used again${NO_VALKEY === undefined ? '' : ` (${NO_VALKEY})`}`, () => {
  it('gets another connection after a pause in which the first one may have died, and not before', async () => {
    const server = await ValkeyServer.start();
    const clock = new FakeClock();
    const address = { host: '127.0.0.1', port: server.port, hasTls: false, isCluster: false };
    const entries = new ValkeyEntries(address, clock);
    const connectionsAfter = async (pauseMs: number): Promise<number> => {
      clock.freeze(pauseMs);
      await entries.getMany(['a'], signal);
      const [, total] = /total_connections_received:(\d+)/.exec(await server.command('INFO', 'stats')) ?? [];
      return Number(total);
    };
    const first = await connectionsAfter(0);

    // Each of these asks for the count over a connection of its own.
    expect((await connectionsAfter(20_000)) - first).toBe(1);
    expect((await connectionsAfter(40_000)) - first).toBe(3);
    entries.dropConnections();
    await server.close();
  });
});

it.each([
  ['uses the connection of the start', 20_000, 1],
  ['connects again if the connection of the start was idle for long', 40_000, 2],
])('%s', async (_, pauseMs, expected) => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('data', (data) => socket.write('$-1\r\n'.repeat(data.toString().split('*').length - 1)));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port');
  const clock = new FakeClock();
  const address = { host: '127.0.0.1', port: bound.port, hasTls: false, isCluster: false };
  const entries = new ValkeyEntries(address, clock);
  const connected = once(server, 'connection');
  entries.open();
  await connected;
  clock.freeze(pauseMs);

  const answer = await entries.getMany(['a'], signal).finally(() => {
    entries.dropConnections();
    server.close();
  });

  expect(answer).toEqual([undefined]);
  expect(connections).toBe(expected);
});

it('advises to say so in the URL if the server is in cluster mode', async () => {
  const server = createServer((socket) => {
    socket.on('data', () => socket.write('-MOVED 3999 127.0.0.1:6381\r\n'));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port');
  const address = { host: '127.0.0.1', port: bound.port, hasTls: false, isCluster: false };
  const entries = new ValkeyEntries(address, new FakeClock());

  await expect(entries.getMany(['a'], signal)).rejects.toThrow(
    /MOVED: .*cluster mode, so add \?cluster=true/,
  );
  entries.dropConnections();
  server.close();
});

it.each([
  ['an array', '*2\r\n:1\r\n:1\r\n', 'an answer is no value'],
  ['a number', ':1\r\n', 'an answer is no value'],
  ['an error that quotes the password', '-wrong_p@ss:w/rd\r\n', 'the error unknown'],
])('reports an answer that is %s as a failure, without quoting it', async (_, answer, message) => {
  const server = createServer((socket) => {
    socket.on('data', () => socket.write(answer));
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the server has no port');
  const address = { host: '127.0.0.1', port: bound.port, hasTls: false, isCluster: false };
  const entries = new ValkeyEntries(address, new FakeClock());

  const error: unknown = await entries.getMany(['a'], signal).catch((reason: unknown) => reason);
  entries.dropConnections();
  server.close();

  expect(error).toBeInstanceOf(CacheError);
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain(PASSWORD);
});
