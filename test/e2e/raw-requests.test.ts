import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { EndpointUnderTest } from '../support/endpoint/endpoint-under-test.ts';
import { ScriptedItems } from '../support/flood/scripted-items.ts';
import { answersTo } from '../support/http/raw-answers.ts';
import { differentlyRefused, rawRequests } from '../support/http/raw-requests.ts';

const ITEM = '/dynamodb?name=Things@@item-1';

let items: ScriptedItems;
let extension: ExtensionUnderTest;
/** The same program within this process, on the server of Node.js. */
let model: EndpointUnderTest;

beforeAll(async () => {
  items = await ScriptedItems.start(() => 10);
  extension = await startExtension({
    cacheYaml: 'dynamodb: [{ table: Things, hashKey: id }]',
    endpoint: items.endpoint,
  });
  useTestCredentials();
  model = await EndpointUnderTest.inFrontOf(items.endpoint, {
    tables: [tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' } })],
  });
});

afterAll(async () => {
  await extension.close();
  await model.close();
  await items.close();
});

describe('a strange request', () => {
  it.each(rawRequests(ITEM))('has the answer that the server of Node.js gives: %s', async (_, bytes) => {
    expect(await answersTo(extension.port, bytes)).toEqual(
      await answersTo(Number(new URL(model.url).port), bytes),
    );
  });

  it.each(differentlyRefused(ITEM))('is refused: %s', async (_, bytes) => {
    const answers = await answersTo(extension.port, bytes);
    expect(answers.at(-1)).toMatch(/^400 .*close$/);
    expect(answers.filter((answer) => !answer.startsWith('400 '))).toEqual([]);
  });
});
