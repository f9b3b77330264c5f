import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UpstreamAgent } from '../../../src/adapters/dynamodb/upstream-agent.ts';
import { answering, CannedServer, hangingUp } from '../../support/dynamodb/canned-server.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

describe.each([
  ['http', httpRequest],
  ['https', httpsRequest],
] as const)('the connections of UpstreamAgent for %s', (protocol, request) => {
  let server: CannedServer;
  let clock: FakeClock;
  let agent: UpstreamAgent;

  beforeEach(async () => {
    server = await CannedServer.start(answering(200, 'found'));
    clock = new FakeClock();
    agent = new UpstreamAgent(clock);
    // Encryption makes no difference to how connections are kept.
    agent.https.createConnection = () => connect(Number(new URL(server.endpoint).port), '127.0.0.1');
  });

  afterEach(async () => {
    agent.close();
    await server.close();
  });

  const ask = async (): Promise<void> => {
    const { port } = new URL(server.endpoint);
    const kept = once(agent[protocol], 'free');
    const call = request({ agent: agent[protocol], host: '127.0.0.1', port }).end();
    const [response] = await once(call, 'response');
    response.resume();
    await kept;
  };
  const failure = (): Promise<unknown> =>
    ask().then(
      () => undefined,
      (error: unknown) => error,
    );

  it('are kept for five seconds of wall clock', async () => {
    await ask();
    clock.freeze(5000);
    agent.closeStale();
    await ask();
    clock.freeze(5001);
    agent.closeStale();
    await ask();

    expect(server.sockets).toHaveLength(2);
  });

  it('count as idle from their last use on', async () => {
    await ask();
    clock.freeze(4000);
    await ask();
    clock.freeze(4000);
    agent.closeStale();
    await ask();

    expect(server.sockets).toHaveLength(1);
  });

  it('can all be closed at once', async () => {
    await ask();
    agent.closeIdle();
    await ask();

    expect(server.sockets).toHaveLength(2);
  });

  it('are called dead if they had served before, and only then', async () => {
    server.answerWith(hangingUp, answering(200, 'found'), hangingUp);
    const fresh = await failure();
    await ask();
    const reused = await failure();

    expect([fresh, reused]).toEqual([expect.anything(), expect.anything()]);
    expect([fresh, reused, undefined].map((error) => agent.foundDead(error))).toEqual([false, true, false]);
  });

  it('are called dead for nothing but a lost connection', async () => {
    server.answerWith(answering(200, 'found'), (response) => response.socket?.end('no HTTP\r\n\r\n'));
    await ask();

    expect(agent.foundDead(await failure())).toBe(false);
  });
});
