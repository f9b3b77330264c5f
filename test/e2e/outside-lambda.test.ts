import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { type LocalProcess, startLocally } from '../support/e2e/local-process.ts';

const CACHE_YAML = 'dynamodb: [{ table: Things, hashKey: id }]';

let dynamodb: DynamoDbServer;
let program: LocalProcess;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  await dynamodb.put('Things', { id: { S: 'one' } });
});

afterEach(() => program.close());

afterAll(() => dynamodb.close());

it.each(['SIGTERM', 'SIGINT'] as const)('serves until %s, and leaves with exit status 0', async (signal) => {
  program = await startLocally({ cacheYaml: CACHE_YAML, endpoint: dynamodb.endpoint });
  const { http } = program;
  const answer = await eventually(
    () => http.request('GET', itemPath('Things', 'one')).catch(() => undefined),
    (each) => each !== undefined,
  );
  expect(answer).toMatchObject({ status: 200, body: '{"id":"one"}' });

  program.signal(signal);

  expect(await program.exited).toMatchObject({ code: 0, signal: null });
  await expect(http.request('GET', '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('wrong settings are written once to stderr, and end it with exit status 1', async () => {
  program = await startLocally({ cacheYaml: 'dynamodb: []', endpoint: dynamodb.endpoint });

  expect(await program.exited).toMatchObject({ code: 1, signal: null });
  expect(program.output).toEqual([
    '1 problem with the settings:',
    expect.stringContaining('a list of at least one table'),
    expect.stringMatching(/^Next: .* with: dynamodb-cache-extension validate .*cache\.yaml$/),
  ]);
});
