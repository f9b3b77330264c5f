import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import type { Extras } from '../support/e2e/http-client.ts';
import { itemPath, structuredPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';
import { RawConnection } from '../support/http/raw-connection.ts';

const LONGEST_TABLE = 'T'.repeat(255);
const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id }
  - { table: Pairs, hashKey: h, sortKey: s, sortKeyType: N }
  - { table: ${LONGEST_TABLE}, hashKey: h, sortKey: s }
`;
const ITEM = itemPath('Things', 'one');
const TOKEN = 's3cret';

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;
let guarded: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  await dynamodb.createTable({
    table: 'Pairs',
    hashKey: { name: 'h', type: 'S' },
    sortKey: { name: 's', type: 'N' },
  });
  await dynamodb.createTable({
    table: LONGEST_TABLE,
    hashKey: { name: 'h', type: 'S' },
    sortKey: { name: 's', type: 'S' },
  });
  await dynamodb.put('Things', { id: { S: 'one' } });
  const options = { cacheYaml: CACHE_YAML, endpoint: dynamodb.endpoint };
  extension = await startExtension(options);
  guarded = await startExtension({ ...options, env: { CACHE_EXTENSION_TOKEN: TOKEN } });
});

// Whatever was asked, it harmed nobody.
afterEach(async () => {
  expect(await extension.get(ITEM)).toMatchObject({ status: 200, body: '{"id":"one"}' });
  expect(extension.lambda.exit).toBeUndefined();
  expect(extension.logOfItself).toEqual([]);
});

afterAll(async () => {
  await extension.close();
  await guarded.close();
  await dynamodb.close();
});

const expectProblem = ({ status, headers, body }: HttpAnswer, expected: number, code: string): void => {
  expect(status).toBe(expected);
  expect(headers['content-type']).toBe('application/problem+json');
  expect(headers).not.toHaveProperty('cache-status');
  expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status: expected, code });
};

describe('a path', () => {
  it.each([
    ['without a query', '/dynamodb', 400, 'malformed_name'],
    ['with an empty name', '/dynamodb?name=', 400, 'malformed_name'],
    ['with a name of a table only', '/dynamodb?name=Things', 400, 'malformed_name'],
    ['with an empty key value', itemPath('Things', ''), 400, 'malformed_name'],
    ['without a sort value where there is a sort key', itemPath('Pairs', 'a'), 400, 'malformed_name'],
    [
      'with a sort value where there is no sort key',
      structuredPath('Things', 'a', 'b'),
      400,
      'malformed_name',
    ],
    ['with text for a number', itemPath('Pairs', 'a', 'b'), 400, 'malformed_name'],
    ['with a number of 39 digits', itemPath('Pairs', 'a', '1'.repeat(39)), 400, 'malformed_name'],
    ['with a key value of 2,049 bytes', itemPath('Things', 'x'.repeat(2049)), 400, 'malformed_name'],
    ['with a percent sign that encodes nothing', '/dynamodb?name=Things@@%zz', 400, 'malformed_name'],
    ['with bytes that are not UTF-8', '/dynamodb?name=Things@@%ff', 400, 'malformed_name'],
    ['with a parameter given twice', `${ITEM}&name=Things@@two`, 400, 'malformed_name'],
    ['with a name and a table', `${ITEM}&table=Things`, 400, 'malformed_name'],
    ['with two ways to be split', '/dynamodb?name=Pairs@@a@@@1', 400, 'ambiguous_name'],
    ['with an unknown parameter', `${ITEM}&refresh=1`, 400, 'unknown_parameter'],
    ['with an unknown format', `${ITEM}&format=xml`, 400, 'unknown_parameter'],
    ['of a table that is not configured', itemPath('Others', 'one'), 403, 'table_not_configured'],
    ['of nothing', '/parameters?name=x', 404, 'no_such_route'],
    ['of the status page, which is not in the layers', '/', 404, 'no_such_route'],
  ])('%s is refused', async (_, path, status, code) => {
    expectProblem(await extension.get(path), status, code);
  });
});

describe('a request', () => {
  it.each<[string, string, Extras, number, string]>([
    ['with a body', 'GET', { body: '{}', headers: { 'Content-Length': '2' } }, 400, 'malformed_request'],
    [
      'with a malformed Cache-Control',
      'GET',
      { headers: { 'Cache-Control': 'max-age=x' } },
      400,
      'malformed_request',
    ],
    [
      'that was forwarded',
      'GET',
      { headers: { 'X-Forwarded-For': '203.0.113.1' } },
      400,
      'forwarded_request',
    ],
    ['that came by a proxy', 'GET', { headers: { Via: '1.1 proxy' } }, 400, 'forwarded_request'],
    ['to a foreign host', 'GET', { headers: { Host: 'cache.example' } }, 400, 'foreign_host'],
    ['of a web page', 'GET', { headers: { Origin: 'https://site.example' } }, 400, 'cross_site'],
  ])('%s is refused', async (_, method, extras, status, code) => {
    expectProblem(await extension.request(method, ITEM, extras), status, code);
  });

  it.each(['localhost', '127.0.0.1:1', '[::1]'])('to the host %s is welcome', async (host) => {
    expect((await extension.get(ITEM, { Host: host })).status).toBe(200);
  });

  it.each([
    [ITEM, 'GET, HEAD, DELETE'],
    ['/health', 'GET, HEAD'],
    ['/metrics', 'GET, HEAD'],
  ])('by another method is told which there are for %s', async (path, allow) => {
    for (const method of ['PUT', 'POST', 'PATCH', 'OPTIONS']) {
      const answer = await extension.request(method, path);
      expectProblem(answer, 405, 'method_not_allowed');
      expect(answer.headers.allow).toBe(allow);
    }
  });

  it('with the longest legal name is answered, and with more than 16 KiB it is not', async () => {
    // Each byte of a value takes three when it is encoded.
    const longest = `/dynamodb?name=${LONGEST_TABLE}@@${'%C3%BC'.repeat(1024)}@@${'%C3%BC'.repeat(512)}`;

    expect(longest).toHaveLength(9490);
    expect((await extension.get(longest)).status).toBe(404);
    expect(await extension.get(itemPath('Things', 'x'.repeat(17_000)))).toMatchObject({
      status: 431,
      body: '',
    });
    expect(await extension.get(ITEM, { 'X-Long': 'x'.repeat(17_000) })).toMatchObject({ status: 431 });
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a space in its path', 'GET /dynamodb?name=Things@@a b HTTP/1.1\r\nHost: localhost\r\n\r\n'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n'],
  ])('with %s is refused, and ends its connection only', async (_, text) => {
    const connection = await RawConnection.connect(extension.port);
    connection.send(text);

    expect(await connection.answer()).toMatchObject({ status: 400, reason: 'Bad Request' });
    await expect(connection.answer()).rejects.toThrow('the server hung up');
  });

  it('without a Host is refused', async () => {
    const connection = await RawConnection.connect(extension.port);
    connection.send(`GET ${ITEM} HTTP/1.1\r\n\r\n`);

    expect((await connection.answer()).body).toContain('"code":"foreign_host"');
    connection.destroy();
  });
});

describe('where a token is set', () => {
  it.each([
    ['none', {}],
    ['a wrong one', { 'X-Aws-Parameters-Secrets-Token': `${TOKEN}x` }],
  ])('a request with %s is refused', async (_, headers) => {
    expectProblem(await guarded.get(ITEM, headers), 403, 'bad_token');
    expectProblem(await guarded.get('/metrics', headers), 403, 'bad_token');
    expectProblem(await guarded.request('DELETE', ITEM, { headers }), 403, 'bad_token');
  });

  it('a request that carries it is answered, and /health needs none', async () => {
    expect((await guarded.get(ITEM, { 'X-Aws-Parameters-Secrets-Token': TOKEN })).status).toBe(200);
    expect((await guarded.get('/health')).status).toBe(200);
  });
});

it('a whole table is forgotten only by its name alone', async () => {
  expectProblem(await extension.delete('/dynamodb?table=Others'), 403, 'table_not_configured');
  expectProblem(await extension.delete('/dynamodb?table=Things&sortKey=x'), 400, 'malformed_name');
  expectProblem(await extension.delete('/dynamodb'), 400, 'malformed_name');
  expect((await extension.get(ITEM)).headers['cache-status']).toContain('; hit;');

  expect((await extension.delete('/dynamodb?table=Things')).status).toBe(204);
  expect((await extension.get(ITEM)).headers['cache-status']).toContain('fwd=uri-miss');
});
