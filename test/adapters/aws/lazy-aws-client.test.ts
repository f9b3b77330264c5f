import { describe, expect, it } from '@jest/globals';
import { CredentialCache } from '../../../src/adapters/aws/credentials/credentials.ts';
import { LazyAwsClient } from '../../../src/adapters/aws/lazy-aws-client.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const clientWith = (proxy?: { url: string; noProxy: string }): LazyAwsClient => {
  const clock = new FakeClock();
  return new LazyAwsClient({
    credentialCache: new CredentialCache(async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }), clock),
    endpoints: { endpointFor: () => new URL('http://127.0.0.1:1') },
    clock,
    label: { name: 'AppConfig' },
    proxy,
  });
};

describe('LazyAwsClient', () => {
  it('loads one client for all calls, which names the service in messages', async () => {
    const lazy = clientWith();
    expect(lazy.loaded).toBeUndefined();
    const [first, second] = await Promise.all([lazy.load(), lazy.load()]);

    expect(second).toBe(first);
    expect(await lazy.load()).toBe(first);
    expect(lazy.loaded).toBe(first);
    expect(first?.connections.label).toEqual({ name: 'AppConfig' });
  });

  it('tries again after it could not be loaded', async () => {
    const proxy = { url: 'no URL', noProxy: '' };
    const lazy = clientWith(proxy);
    await expect(lazy.load()).rejects.toThrow('Invalid URL');
    proxy.url = 'http://127.0.0.1:1';

    expect(await lazy.load()).toBe(lazy.loaded);
  });
});
