import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AwsEmulator } from '../../tools/aws-emulator/index.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { prepareReplaced, startFunctionsAws, WITH_TOKEN } from '../support/e2e/start-with-aws.ts';

const CACHE_YAML = `
parameters:
  - names: [/listed/one, /listed/two]
  - path: /shop
secrets:
  - ids: [listed/a, listed/b]
`;
const BYTES = Uint8Array.of(0, 255, 10, 13, 128);

let aws: AwsEmulator;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  aws = await startFunctionsAws();
  for (const name of ['/listed/one', '/listed/two', '/shop/a', '/shop/deep/b', '/else'])
    aws.parameters.put(name, { value: `value of ${name}` });
  aws.parameters.put('/key', { value: 'k3y', type: 'SecureString', labels: ['Dev'] });
  aws.parameters.put('/denied', { value: 'never' });
  aws.secrets.put('listed/a', { string: '{"user":"admin","port":5432}' });
  aws.secrets.put('listed/b', { string: 'b' });
  aws.secrets.put('binary', { binary: BYTES });
  ({ extension } = await prepareReplaced(aws, {
    cacheYaml: CACHE_YAML,
    env: { CACHE_EXTENSION_COMPATIBILITY: '', CACHE_EXTENSION_INIT_STARTUP: 'true' },
  }));
  await extension.lambda.init();
});

afterEach(() => {
  aws.faults.clear();
  aws.calls.clear();
});

afterAll(async () => {
  await extension.close();
  await aws.close();
});

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  extension.get(path, { ...WITH_TOKEN, ...headers });
const request = (method: string, path: string) => extension.request(method, path, { headers: WITH_TOKEN });
const codeOf = ({ status, body }: { status: number; body: string }) => [status, JSON.parse(body).code];

describe('the preload', () => {
  it('loads listed names and all below a path, in as few calls as possible', async () => {
    const { preload } = await extension.health();
    expect(preload.map(({ state }) => state)).toEqual(preload.map(() => 'complete'));
    for (const name of ['/listed/one', '/listed/two', '/shop/a', '/shop/deep/b']) {
      const { body, headers } = await get(`/parameters?name=${name}`);
      expect([body, String(headers['cache-status'])]).toEqual([
        `value of ${name}`,
        expect.stringContaining('; hit;'),
      ]);
    }
    for (const id of ['listed/a', 'listed/b'])
      expect((await get(`/secrets?id=${id}`)).headers['cache-status']).toContain('; hit;');
    expect(aws.calls.all.map(({ operation }) => operation).sort()).toEqual([
      'BatchGetSecretValue',
      'GetParameters',
      'GetParametersByPath',
    ]);
  });
});

describe('GET /parameters and GET /secrets', () => {
  it('answer the value alone, and the JSON of AWS for format=aws', async () => {
    const plain = await get('/parameters?name=/key');
    const json = await get('/parameters?name=/key&format=aws');

    expect(plain).toMatchObject({ status: 200, body: 'k3y' });
    expect(plain.headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', age: '0' });
    expect(plain.headers['cache-status']).toContain('fwd=uri-miss');
    expect(JSON.parse(json.body).Parameter).toMatchObject({
      Name: '/key',
      Type: 'SecureString',
      Value: 'k3y',
      Version: 1,
    });
    expect(json.headers['content-type']).toBe('application/x-amz-json-1.1');
  });

  it('read a version, a label and a ciphertext', async () => {
    expect((await get('/parameters?name=/key&version=1')).body).toBe('k3y');
    expect((await get('/parameters?name=/key&label=Dev')).body).toBe('k3y');
    expect((await get('/parameters?name=/key&withDecryption=false')).body).toMatch(/^AQICAH/);
    expect((await get('/secrets?id=listed/b&stage=AWSCURRENT')).body).toBe('b');
  });

  it('answer the bytes of a binary secret', async () => {
    const { bytes, headers } = await get('/secrets?id=binary');

    expect([...bytes]).toEqual([...BYTES]);
    expect(headers['content-type']).toBe('application/octet-stream');
  });

  it('answer one member of a JSON secret for jsonKey', async () => {
    const text = await get('/secrets?id=listed/a&jsonKey=user');
    const number = await get('/secrets?id=listed/a&jsonKey=port');

    expect([text.body, text.headers['content-type']]).toEqual(['admin', 'text/plain; charset=utf-8']);
    expect([number.body, number.headers['content-type']]).toEqual(['5432', 'application/json']);
    expect(codeOf(await get('/secrets?id=listed/a&jsonKey=none'))).toEqual([404, 'json_key_not_found']);
    expect(codeOf(await get('/secrets?id=listed/b&jsonKey=user'))).toEqual([422, 'not_json']);
    expect(codeOf(await get('/secrets?id=binary&jsonKey=user'))).toEqual([422, 'not_json']);
  });

  it('answer 304 if If-None-Match matches, and HEAD without a body', async () => {
    const { headers } = await get('/secrets?id=listed/b');

    expect(await get('/secrets?id=listed/b', { 'If-None-Match': String(headers.etag) })).toMatchObject({
      status: 304,
      body: '',
    });
    const head = await request('HEAD', '/secrets?id=listed/b');
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '1']);
  });

  it('have entity tags that are no plain digest of the value', async () => {
    const answers = [
      [await get('/secrets?id=listed/b'), 'b'],
      [await get('/parameters?name=/key'), 'k3y'],
      [await get('/secrets?id=listed/a&jsonKey=user'), '{"user":"admin","port":5432}'],
    ] as const;

    for (const [{ headers }, value] of answers)
      for (const encoding of ['base64url', 'base64', 'hex'] as const)
        expect(headers.etag).not.toContain(createHash('sha256').update(value).digest(encoding));
    const tags = answers.map(([{ headers }]) => headers.etag);
    expect(new Set(tags).size).toBe(3);
    expect((await get('/parameters?name=/key')).headers.etag).toBe(tags[1]);
  });

  it('forbid other caches to keep the answer', async () => {
    const { headers } = await get('/secrets?id=listed/b');
    const answers = [
      await get('/secrets?id=listed/b'),
      await get('/secrets?id=listed/b', { 'Cache-Control': 'max-age=60' }),
      await get('/secrets?id=listed/b', { 'If-None-Match': String(headers.etag) }),
      await get('/secrets?id=none'),
      await get('/parameters?name=/key&format=aws'),
      await get('/parameters?name=/listed/one'),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 304, 404, 200, 200]);
    for (const answer of answers) expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('read again after DELETE', async () => {
    expect(await request('DELETE', '/secrets?id=listed/b')).toMatchObject({ status: 204 });
    expect((await get('/secrets?id=listed/b')).headers['cache-status']).toContain('fwd=uri-miss');
    expect(aws.calls.of('GetSecretValue')).toHaveLength(1);
  });

  it('answer 404 for a value that does not exist, 400 for an unknown parameter', async () => {
    expect(codeOf(await get('/parameters?name=/none'))).toEqual([404, 'item_not_found']);
    expect(codeOf(await get('/secrets?id=none'))).toEqual([404, 'item_not_found']);
    expect(codeOf(await get('/secrets?id=listed/a&refreshNow=true'))).toEqual([400, 'unknown_parameter']);
    expect(codeOf(await get('/parameters'))).toEqual([400, 'malformed_name']);
  });

  it('answer 403 without the token, for every method', async () => {
    for (const method of ['GET', 'HEAD', 'DELETE', 'POST'])
      for (const path of ['/parameters?name=/key', '/secrets?id=listed/a'])
        expect((await extension.request(method, path)).status).toBe(403);
    expect(codeOf(await extension.get('/secrets?id=listed/a'))).toEqual([403, 'bad_token']);
  });

  it('answer 502 with the missing permission if AWS denies the read, and cache no denial', async () => {
    const allow = aws.faults.deny('ssm:GetParameter*', '/denied');

    const denied = await get('/parameters?name=/denied');
    allow();

    expect(codeOf(denied)).toEqual([502, 'upstream_refused']);
    expect(denied.body).toContain('ssm:GetParameter');
    expect(denied.body).not.toContain('/denied');
    expect((await get('/parameters?name=/denied')).body).toBe('never');
  });

  it('answer 503 while AWS throttles', async () => {
    aws.faults.throttle('ssm:*');

    const { status, headers, body } = await get('/parameters?name=/throttled');

    expect([status, JSON.parse(body).code, headers['retry-after']]).toEqual([503, 'throttled', '1']);
    await eventually(extension.health.bind(extension), ({ counts }) => counts.failures > 0);
  });
});
