import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { postOperation, signedBy } from '../support/dynamodb/wire.ts';
import { ConnectProxy, type ProxyBehaviour } from '../support/e2e/connect-proxy.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { type SecuredDynamoDb, startSecuredDynamoDb } from '../support/e2e/secured-dynamodb.ts';
import { startSecuredExtension } from '../support/e2e/start-extension.ts';

const hasOpenSsl = spawnSync('openssl', ['version']).status === 0;
const suite = hasOpenSsl ? describe : describe.skip;

/** A name that no name server knows: only a proxy leads there. */
const HOST = 'dynamodb.nowhere.invalid';

suite(`a proxy for calls to AWS${hasOpenSsl ? '' : ' (openssl is not installed)'}`, () => {
  let dynamodb: SecuredDynamoDb;
  const operations = () => dynamodb.server.received.map(({ operation }) => operation);
  let proxy: ConnectProxy;
  let extension: ExtensionUnderTest | undefined;

  beforeEach(async () => {
    dynamodb = await startSecuredDynamoDb('{"Item":{"id":{"S":"a"},"n":{"N":"1.50"}}}', `DNS:${HOST}`);
    proxy = await ConnectProxy.start(dynamodb.server.port);
  });

  afterEach(async () => {
    await extension?.close();
    extension = undefined;
    await proxy.close();
    await dynamodb.server.close();
  });

  const start = async (given: Readonly<Record<string, string>>): Promise<ExtensionUnderTest> => {
    const variables = { CACHE_EXTENSION_DYNAMODB_ENDPOINT: `https://${HOST}`, ...given };
    extension = await startSecuredExtension(dynamodb.certificate, variables);
    return extension;
  };

  const put = ({ port }: ExtensionUnderTest) =>
    postOperation(`http://127.0.0.1:${port}`, {
      target: 'DynamoDB_20120810.PutItem',
      body: '{"TableName":"Things","Item":{"id":{"S":"a"}}}',
      headers: { authorization: signedBy('emulated-key-id', 'eu-west-1') },
    });

  it('carries all reads over one tunnel, which is kept', async () => {
    const things = await start({ CACHE_EXTENSION_HTTPS_PROXY: `http://${proxy.place}` });

    for (const id of ['a', 'b']) await things.get(itemPath('Things', id));

    expect(await things.get(itemPath('Things', 'a'))).toMatchObject({
      status: 200,
      body: '{"id":"a","n":1.50}',
    });
    expect(proxy.requests).toEqual([`CONNECT ${HOST}:443 HTTP/1.1\r\nHost: ${HOST}:443\r\n\r\n`]);
  });

  it('carries writes through the endpoint for SDKs', async () => {
    const things = await start({ CACHE_EXTENSION_HTTPS_PROXY: `http://${proxy.place}` });

    expect((await put(things)).status).toBe(200);
    expect(operations()).toEqual(['PutItem']);
    expect(proxy.requests).toHaveLength(1);
  });

  it('is sent the user and the password of its URL, decoded', async () => {
    const things = await start({ CACHE_EXTENSION_HTTPS_PROXY: `http://me:s%40fe%3A@${proxy.place}` });

    expect((await things.get(itemPath('Things', 'a'))).status).toBe(200);
    const login = Buffer.from('me:s@fe:').toString('base64');
    expect(proxy.requests[0]).toContain(`\r\nProxy-Authorization: Basic ${login}\r\n`);
  });

  it.each([['HTTPS_PROXY'], ['https_proxy']])(
    'is taken from %s only if the setting says environment',
    async (name) => {
      const url = `http://${proxy.place}`;
      const without = await start({ [name]: url });
      expect((await without.get(itemPath('Things', 'a'))).status).toBe(503);
      expect(proxy.requests).toEqual([]);
      await without.close();

      const things = await start({ [name]: url, CACHE_EXTENSION_HTTPS_PROXY: 'environment' });
      expect((await things.get(itemPath('Things', 'a'))).status).toBe(200);
      expect(proxy.requests).toHaveLength(1);
    },
  );

  it.each([['NO_PROXY'], ['no_proxy']])('is not used for a host that %s names', async (name) => {
    const things = await start({
      CACHE_EXTENSION_HTTPS_PROXY: 'environment',
      HTTPS_PROXY: `http://${proxy.place}`,
      [name]: 'other.example, .nowhere.invalid',
    });

    expect((await things.get(itemPath('Things', 'a'))).status).toBe(503);
    expect(proxy.requests).toEqual([]);
  });

  it('is not used for a DynamoDB on loopback', async () => {
    const things = await start({
      CACHE_EXTENSION_HTTPS_PROXY: `http://${proxy.place}`,
      CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamodb.server.url,
    });

    await things.get(itemPath('Things', 'a'));
    expect(proxy.requests).toEqual([]);
  });

  it('does not make a certificate of another host valid', async () => {
    const things = await start({
      CACHE_EXTENSION_HTTPS_PROXY: `http://${proxy.place}`,
      CACHE_EXTENSION_DYNAMODB_ENDPOINT: 'https://another.invalid',
    });

    expect((await put(things)).body).toContain('the TLS certificate is not trusted');
    expect(operations()).toEqual([]);
  });

  it.each<[string, ProxyBehaviour, string]>([
    ['refuses', { says: 'HTTP/1.1 403 Forbidden\r\n\r\n' }, 'answered 403; it does not allow this host'],
    [
      'wants to know the user',
      { says: 'HTTP/1.0 407 No\r\nProxy-Authenticate: Basic\r\n\r\n' },
      'answered 407',
    ],
    ['finds no way', { says: 'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno' }, 'answered 502'],
    ['is silent', 'silence', 'did not answer in time'],
    ['closes at once', { says: '' }, 'closed the connection'],
    ['closes within its answer', { says: 'HTTP/1.1 200 OK\r\nVia' }, 'closed the connection'],
    ['closes during the handshake', { says: 'HTTP/1.1 200 OK\r\n\r\n' }, 'closed the connection'],
    ['speaks another protocol', { says: 'SSH-2.0-OpenSSH_9.6\r\n' }, 'did not answer in HTTP'],
    ['answers without a status', { says: 'HTTP/1.1 OK\r\n\r\n' }, 'did not answer in HTTP'],
    [
      'answers without end',
      { says: `HTTP/1.1 200 OK\r\nA: ${'a'.repeat(20_000)}` },
      'did not answer in HTTP',
    ],
  ])('that %s is named in the error without its password', async (_, behaviour, said) => {
    proxy.behaviour = behaviour;
    const things = await start({ CACHE_EXTENSION_HTTPS_PROXY: `http://me:hunter2@${proxy.place}` });

    const written = await put(things);
    const read = await things.get(itemPath('Things', 'a'));

    const login = Buffer.from('me:hunter2').toString('base64');
    expect(written.body).toContain(`the proxy ${proxy.place} ${said}`);
    expect(written.body).toContain(`${HOST}:443`);
    expect(read.status).toBe(503);
    const everything = `${written.body} ${read.body} ${things.lambda.output.join(' ')}`;
    expect(everything).not.toMatch(new RegExp(`hunter2|${login}`));
  });
});
