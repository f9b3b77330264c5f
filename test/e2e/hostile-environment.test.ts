import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { freePort } from '../support/free-port.ts';

/** Where nobody listens. */
const DEAD_END = 'http://127.0.0.1:9';

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  await dynamodb.put('Things', { id: { S: 'one' } });
});

afterEach(() => extension.close());

afterAll(() => dynamodb.close());

it.each<[string, (port: number) => Readonly<Record<string, string>>]>([
  [
    'that points every SDK at the extension itself',
    (port) => ({
      AWS_ENDPOINT_URL: `http://localhost:${port}`,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    }),
  ],
  ['that points every SDK at a dead end', () => ({ AWS_ENDPOINT_URL_DYNAMODB: DEAD_END })],
  [
    'with a profile that does not exist, and files that are not there',
    () => ({
      AWS_PROFILE: 'nobody',
      AWS_CONFIG_FILE: '/nowhere/config',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
    }),
  ],
  [
    'with proxies that lead nowhere',
    () => ({
      HTTP_PROXY: DEAD_END,
      HTTPS_PROXY: DEAD_END,
      ALL_PROXY: DEAD_END,
      http_proxy: DEAD_END,
      https_proxy: DEAD_END,
    }),
  ],
  [
    'with settings that do not go with an endpoint of its own',
    () => ({
      AWS_USE_FIPS_ENDPOINT: 'true',
      AWS_USE_DUALSTACK_ENDPOINT: 'true',
      AWS_ACCOUNT_ID_ENDPOINT_MODE: 'required',
    }),
  ],
  [
    'that wants retries without end',
    () => ({ AWS_MAX_ATTEMPTS: '1000', AWS_RETRY_MODE: 'nonsense', AWS_DEFAULTS_MODE: 'nonsense' }),
  ],
])('an environment %s does not keep it from preloading and serving', async (_, env) => {
  const port = await freePort();
  const before = { scans: dynamodb.proxy.count('Scan'), gets: dynamodb.proxy.count('GetItem') };

  extension = await startExtension({
    cacheYaml: 'dynamodb: [{ table: Things, hashKey: id }]',
    endpoint: dynamodb.endpoint,
    port,
    env: { CACHE_EXTENSION_INIT_STARTUP: 'true', ...env(port) },
  });
  const preloaded = await extension.get(itemPath('Things', 'one'));
  const absent = await extension.get(itemPath('Things', 'nobody'));

  expect(preloaded).toMatchObject({ status: 200, body: '{"id":"one"}' });
  expect(preloaded.headers['cache-status']).toContain('; hit;');
  expect(absent.status).toBe(404);
  expect(dynamodb.proxy.count('Scan')).toBeGreaterThan(before.scans);
  expect(dynamodb.proxy.count('GetItem')).toBe(before.gets + 1);
  expect(extension.log).toEqual([]);
});

it('where SDKs are pointed at it, the typed form is preloaded, too', async () => {
  const port = await freePort();
  extension = await startExtension({
    cacheYaml: 'dynamodb: [{ table: Things, hashKey: id }]',
    endpoint: dynamodb.endpoint,
    port,
    env: {
      CACHE_EXTENSION_INIT_STARTUP: 'true',
      AWS_ENDPOINT_URL_DYNAMODB: `http://localhost:${port}`,
    },
  });

  const { body, headers } = await extension.get(`${itemPath('Things', 'one')}&format=dynamodb`);

  expect(body).toBe('{"id":{"S":"one"}}');
  expect(headers['cache-status']).toContain('; hit;');
});
