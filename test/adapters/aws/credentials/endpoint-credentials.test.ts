import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EndpointCredentials } from '../../../../src/adapters/aws/credentials/endpoint-credentials.ts';
import { FakeClock } from '../../../support/fakes/fake-clock.ts';
import {
  answering,
  hangingUp,
  type ScriptedAnswer,
  ScriptedServer,
  silent,
} from '../../../support/http/scripted-server.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const fields = (id: string) => ({
  AccessKeyId: id,
  SecretAccessKey: 's3cr3t',
  Token: 'session',
  Expiration: new Date(FakeClock.START + HOUR_MS).toISOString(),
});
const giving = (id: string, other: object = {}): ScriptedAnswer =>
  answering(200, JSON.stringify({ ...fields(id), ...other }));

describe('EndpointCredentials', () => {
  let server: ScriptedServer;
  let clock: FakeClock;
  let credentials: EndpointCredentials;

  beforeEach(async () => {
    server = await ScriptedServer.start(giving('first'), giving('second'));
    clock = new FakeClock();
    credentials = new EndpointCredentials({ url: server.url, token: 'sandbox' }, clock);
  });

  afterEach(() => server.close());

  /** Resolves when the endpoint has been asked so often in all; the kept credentials are given meanwhile. */
  const whenAsked = async (times: number): Promise<void> => {
    while (server.received.length < times) await clock.advance(0);
  };

  it('are those that the endpoint gives out to who shows the token', async () => {
    expect(await credentials.current()).toEqual({
      accessKeyId: 'first',
      secretAccessKey: 's3cr3t',
      sessionToken: 'session',
      expiration: new Date(FakeClock.START + HOUR_MS),
    });
    expect(server.received[0]?.headers).toMatchObject({ authorization: 'sandbox' });
  });

  it('are fetched once for all who ask, and kept', async () => {
    const all = await Promise.all([credentials.current(), credentials.current()]);
    await clock.advance(54 * MINUTE_MS);
    const later = await credentials.current();

    expect([...all, later].map(({ accessKeyId }) => accessKeyId)).toEqual(['first', 'first', 'first']);
    expect(server.received).toHaveLength(1);
  });

  it('are fetched anew in the last five minutes, behind who asks', async () => {
    await credentials.current();
    await clock.advance(56 * MINUTE_MS);
    expect(await credentials.current()).toMatchObject({ accessKeyId: 'first' });
    await whenAsked(2);
    let latest = await credentials.current();
    while (latest.accessKeyId === 'first') {
      await clock.advance(0);
      latest = await credentials.current();
    }

    expect(latest.accessKeyId).toBe('second');
  });

  it('serve until they expire, though no others are to be had', async () => {
    await credentials.current();
    server.answerWith(hangingUp);
    await clock.advance(HOUR_MS - 1);
    expect(await credentials.current()).toMatchObject({ accessKeyId: 'first' });
    await whenAsked(2);
    await clock.advance(1);

    await expect(credentials.current()).rejects.toMatchObject({ name: 'CredentialsProviderError' });
  });

  it('that have expired in a freeze are fetched before anybody uses them', async () => {
    await credentials.current();
    clock.freeze(24 * HOUR_MS);

    expect(await credentials.current()).toMatchObject({ accessKeyId: 'second' });
  });

  it('are asked for again after a failure', async () => {
    server.answerWith(hangingUp, giving('first'));
    await expect(credentials.current()).rejects.toThrow('did not answer');

    expect(await credentials.current()).toMatchObject({ accessKeyId: 'first' });
  });

  it('are not waited for without end', async () => {
    server.answerWith(silent);
    const failure = Promise.resolve(credentials.current()).catch((error: unknown) => error);
    await whenAsked(1);
    await clock.advance(1_000);

    expect(await failure).toMatchObject({ name: 'CredentialsProviderError', cause: { name: 'AbortError' } });
  });

  it('are asked for again at once if the answer was lost in a freeze', async () => {
    server.answerWith(silent, giving('first'));
    const answer = credentials.current();
    await whenAsked(1);
    clock.freeze(HOUR_MS / 2);
    await whenAsked(2);

    expect(await answer).toMatchObject({ accessKeyId: 'first' });
  });

  it.each([
    ['a refusal', answering(404, 's3cr3t'), 'did not return status 200'],
    ['no JSON', answering(200, 's3cr3t'), 'has no readable object'],
    ['no object', answering(200, 'null'), 'has no readable object'],
    ['no key', giving(''), 'has no readable AccessKeyId'],
    ['no secret', giving('id', { SecretAccessKey: 1 }), 'has no readable SecretAccessKey'],
    ['no session', giving('id', { Token: undefined }), 'has no readable Token'],
    ['no date', giving('id', { Expiration: 'soon' }), 'has no readable Expiration'],
  ])('are not to be had from %s, and nothing secret is told', async (_, answer, message) => {
    server.answerWith(answer);

    const failure: unknown = await credentials.renew().catch((error: unknown) => error);

    expect(failure).toMatchObject({
      name: 'CredentialsProviderError',
      message: expect.stringContaining(message),
    });
    expect(inspect(failure)).not.toContain('s3cr3t');
  });

  it.each([
    ['in large pieces', 'a'.repeat(60_000)],
    ['in small pieces', 'a'.repeat(256)],
    ['of blanks', ' '.repeat(1_000)],
  ])('are not taken from an answer without an end, %s', async (_, piece) => {
    server.answerWith((response) => {
      response.writeHead(200);
      const write = () => {
        while (!response.destroyed && response.write(piece));
        if (!response.destroyed) response.once('drain', write);
      };
      write();
    });

    await expect(credentials.current()).rejects.toMatchObject({
      name: 'CredentialsProviderError',
      cause: { message: 'the body is longer than 65536 bytes' },
    });
  });
});
