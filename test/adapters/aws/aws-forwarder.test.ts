import { describe, expect, it } from '@jest/globals';
import { AwsForwarder } from '../../../src/adapters/aws/aws-forwarder.ts';
import { CredentialCache } from '../../../src/adapters/aws/credentials/credentials.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { ScriptedServer } from '../../support/http/scripted-server.ts';

describe('AwsForwarder', () => {
  it('makes another attempt to load what it needs, if the first failed', async () => {
    const upstream = await ScriptedServer.start();
    const failures = [new Error('too many open files')];
    const credentialCache = new CredentialCache(
      async () => ({ accessKeyId: 'ours', secretAccessKey: 'secret' }),
      new FakeClock(),
    );
    const endpoints = { endpointFor: async () => new URL(upstream.url) };
    const makeSweep = async () => {
      const failure = failures.pop();
      if (failure !== undefined) throw failure;
      return () => undefined;
    };
    const forwarder = new AwsForwarder({
      service: 'dynamodb',
      label: { name: 'DynamoDB' },
      credentialCache,
      endpoints,
      clock: new FakeClock(),
      makeSweep,
    });
    const operation = {
      operation: 'GetItem',
      headers: new Headers(),
      body: new Uint8Array(),
      signal: new AbortController().signal,
      region: 'us-east-1',
      isRepeatable: true,
    };

    await expect(forwarder.forward(operation)).rejects.toThrow('too many open files');
    expect(await forwarder.forward(operation)).toMatchObject({ status: 200 });
    forwarder.close();
    await upstream.close();
  });

  it('closes its idle connections when they are dropped, and connects again', async () => {
    const upstream = await ScriptedServer.start();
    const forwarder = new AwsForwarder({
      service: 'dynamodb',
      label: { name: 'DynamoDB' },
      credentialCache: new CredentialCache(
        async () => ({ accessKeyId: 'ours', secretAccessKey: 'secret' }),
        new FakeClock(),
      ),
      endpoints: { endpointFor: async () => new URL(upstream.url) },
      clock: new FakeClock(),
    });
    const forward = () =>
      forwarder.forward({
        operation: 'GetItem',
        headers: new Headers(),
        body: new Uint8Array(),
        signal: new AbortController().signal,
        region: 'us-east-1',
        isRepeatable: true,
      });
    await forward();
    await forward();
    expect(upstream.sockets).toHaveLength(1);
    forwarder.dropConnections();
    await forward();

    expect(upstream.sockets).toHaveLength(2);
    forwarder.close();
    await upstream.close();
  });
});
