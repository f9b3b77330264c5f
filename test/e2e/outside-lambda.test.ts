import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { type LocalProcess, startLocally } from '../support/e2e/local-process.ts';

let dynamodb: DynamoDbServer;
let program: LocalProcess;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  await dynamodb.put('Things', { id: { S: 'one' } });
});

beforeEach(async () => {
  program = await startLocally({
    cacheYaml: 'dynamodb: [{ table: Things, hashKey: id }]',
    endpoint: dynamodb.endpoint,
  });
});

afterEach(() => program.close());

afterAll(() => dynamodb.close());

it.each(['SIGTERM', 'SIGINT'] as const)('serves until %s, and leaves with exit status 0', async (signal) => {
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
