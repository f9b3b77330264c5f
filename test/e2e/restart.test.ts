import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { prepareExtension } from '../support/e2e/start-extension.ts';

const ITEM = itemPath('Things', 'one');
const TIMEOUT_MS = 1_500;

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  await dynamodb.put('Things', { id: { S: 'one' } });
});

beforeEach(async () => {
  extension = await prepareExtension({
    cacheYaml: 'dynamodb: [{ table: Things, hashKey: id }]',
    endpoint: dynamodb.endpoint,
    env: { CACHE_EXTENSION_INIT_STARTUP: 'true', CACHE_EXTENSION_LOG_LEVEL: 'info' },
    lambda: {
      timeoutMs: TIMEOUT_MS,
      handler: (event) => (event === 'hang' ? new Promise(() => undefined) : 'done'),
    },
  });
});

afterEach(async () => {
  dynamodb.proxy.heal();
  await extension.close();
});

afterAll(() => dynamodb.close());

describe('after a time-out of the function', () => {
  const timeOut = async (): Promise<void> => {
    await expect(extension.lambda.invoke('hang')).rejects.toMatchObject({ errorType: 'Sandbox.Timedout' });
  };

  it('invocations succeed while the preload does not end', async () => {
    await extension.lambda.init();
    const gate = dynamodb.proxy.holdAnswers('Scan');
    await timeOut();

    for (let n = 0; n < 3; n += 1)
      expect(await extension.lambda.invoke()).toMatchObject({ payload: 'done', failed: false });
    expect((await extension.get(ITEM)).status).toBe(200);
    expect(extension.log.map(({ message }) => message)).toContain(
      'the environment was reset: requests are served while the preload runs',
    );
    gate.open();
  });

  it('the preload runs again, beside the requests', async () => {
    await extension.lambda.init();
    await timeOut();
    await extension.lambda.invoke();

    const restartedAt = extension.lambda.journal.entries.findLastIndex(
      ({ kind }) => kind === 'extension-started',
    );
    const { line } = await extension.lambda.when(
      'output',
      (entry) =>
        extension.lambda.journal.entries.indexOf(entry) > restartedAt &&
        String(entry.line).includes('preload is complete'),
    );
    expect(JSON.parse(String(line))).toMatchObject({ groups: [{ state: 'complete', entries: 1 }] });
  });

  it('a new environment waits for its preload again', async () => {
    await extension.lambda.init();
    await timeOut();
    await extension.lambda.invoke();
    await extension.lambda.shutdown();
    const gate = dynamodb.proxy.holdAnswers('Scan');
    const initialized = extension.lambda.init();
    await gate.arrived(1);
    const { lambda } = extension;
    lambda.journal.record('scan-answered');
    gate.open();
    await initialized;

    expect(lambda.journal.order('scan-answered', 'init-done').slice(-2)).toEqual([
      'scan-answered',
      'init-done',
    ]);
  });
});
