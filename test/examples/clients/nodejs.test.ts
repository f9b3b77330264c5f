import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runClientContract } from './client-contract.ts';
import { answerJson, ScriptedExtension } from './scripted-extension.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

runClientContract({
  name: 'Node.js',
  prepare: () => ({ command: [process.execPath, path('drivers/nodejs.mjs')] }),
  keepsDigits: false,
});

type ReadItem = (
  key: Readonly<Record<string, string | undefined>>,
  askDynamoDb: () => Promise<unknown>,
) => Promise<unknown>;

describe('the Node.js client', () => {
  let scripted: ScriptedExtension;
  let readItem: ReadItem;
  const askDynamoDb = () => Promise.reject(new Error('DynamoDB was asked'));

  beforeAll(async () => {
    scripted = await ScriptedExtension.start((response, { url }) =>
      answerJson(response, 200, JSON.stringify(url)),
    );
    process.env.CACHE_EXTENSION_PORT = String(scripted.port);
    ({ readItem } = await import(path('../../../examples/clients/nodejs/cache-client.mjs')));
  });

  afterAll(() => scripted.close());

  it('asks for the typed form, which keeps every digit, where it is told to', async () => {
    const key = { table: 'Products', hashKey: 'widget', sortKey: undefined, format: 'dynamodb' };

    expect(await readItem(key, askDynamoDb)).toBe('/dynamodb?table=Products&hashKey=widget&format=dynamodb');
  });

  it('reads many items at the same time without connections beyond number', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `item-${index}`);

    const items = await Promise.all(
      ids.map((hashKey) => readItem({ table: 'Products', hashKey }, askDynamoDb)),
    );

    expect(items).toEqual(ids.map((id) => `/dynamodb?table=Products&hashKey=${id}`));
    expect(scripted.connections).toBeLessThanOrEqual(50);
  });

  it('fails as DynamoDB does, where that was asked in vain', async () => {
    scripted.script = (response) => answerJson(response, 503, '{}');

    await expect(readItem({ table: 'Products', hashKey: 'one' }, askDynamoDb)).rejects.toThrow(
      'DynamoDB was asked',
    );
  });
});
