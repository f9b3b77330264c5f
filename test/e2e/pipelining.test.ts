import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { ScriptedItems } from '../support/flood/scripted-items.ts';
import { RawConnection } from '../support/http/raw-connection.ts';

let items: ScriptedItems;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  items = await ScriptedItems.start(() => 10);
  extension = await startExtension({
    cacheYaml: 'dynamodb: [{ table: Things, hashKey: id }]',
    endpoint: items.endpoint,
  });
});

afterAll(async () => {
  await extension.close();
  await items.close();
});

const asked = (...ids: readonly string[]): string =>
  ids.map((id) => `GET ${itemPath('Things', id)} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join('');

it('two hits that are asked for at once are answered in their order', async () => {
  for (const id of ['item-1', 'item-2'])
    expect((await extension.get(itemPath('Things', id))).status).toBe(200);
  const connection = await RawConnection.connect(extension.port);

  connection.send(asked('item-2', 'item-1'));

  expect((await connection.answer()).body).toContain('"id":"item-2"');
  expect((await connection.answer()).body).toContain('"id":"item-1"');
  connection.destroy();
});

it('a hit that is asked for behind a miss is answered after it', async () => {
  const connection = await RawConnection.connect(extension.port);

  connection.send(asked('item-3', 'item-1'));

  expect((await connection.answer()).body).toContain('"id":"item-3"');
  expect((await connection.answer()).body).toContain('"id":"item-1"');
  connection.destroy();
});
