import { describe, expect, it } from '@jest/globals';
import { TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { KeyCodec } from '../../../src/domain/dynamodb/model/key-codec.ts';
import { createCoherentEndpoint } from '../../support/application/coherent-application.ts';
import { PLAIN, throttled } from '../../support/application/create-application.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';

const ITEM = '{"id":{"S":"a"}}';
const getItem = { TableName: 'Products', Key: { id: { S: 'a' } } };

/** The endpoint over an environment with a journal, with the item `a` in memory. */
const filled = async (isObserved = false) => {
  const spec = tableSpec({ name: 'Products', hashKey: { name: 'id', type: 'S' }, isObserved });
  const item: unknown = JSON.parse(ITEM);
  let forwarded = 0;
  const app = createCoherentEndpoint(spec, (operation) => {
    forwarded += 1;
    return operation === 'GetItem'
      ? { Item: item }
      : { Responses: { Products: [item] }, UnprocessedKeys: {} };
  });
  const key = new KeyCodec(spec).fromText('a');
  app.source.put(key, { [TYPED]: ITEM, [PLAIN]: '{}' });
  app.invoke();
  await app.ask('GetItem', getItem);
  return { ...app, key, reads: () => app.source.calls.length + forwarded };
};

describe.each([
  ['GetItem', getItem],
  ['GetItem', { ...getItem, ReturnConsumedCapacity: 'TOTAL' }],
  ['BatchGetItem', { RequestItems: { Products: { Keys: [getItem.Key] } } }],
])('%s of a table with a journal: %j', (operation, request) => {
  it('is answered from memory after a check without a change', async () => {
    const app = await filled();
    app.invoke();
    await app.ask(operation, request);

    expect(app.reads()).toBe(1);
  });

  it('reads DynamoDB after a change elsewhere', async () => {
    const app = await filled();
    await app.writeElsewhere(ITEM, false, app.key);
    app.source.put(app.key, { [TYPED]: ITEM, [PLAIN]: '{}' });
    app.invoke();
    await app.ask(operation, request);

    expect(app.reads()).toBe(2);
  });

  it('does not overtake an INVOKE event that has arrived', async () => {
    const app = await filled();
    await app.writeElsewhere(ITEM, false, app.key);
    app.source.put(app.key, { [TYPED]: ITEM, [PLAIN]: '{}' });
    await app.clock.advance(5);
    const asking = app.ask(operation, request);
    app.invoke();
    await asking;

    expect(app.reads()).toBe(2);
  });
});

it('a read in mode: observe is compared with memory after a check without a change', async () => {
  const app = await filled(true);
  await app.clock.advance(10_000);
  await app.ask('GetItem', getItem);
  app.invoke();
  await app.ask('GetItem', getItem);

  expect(app.status.status().observed).toMatchObject([{ reads: 3, hits: 1 }]);
});

it('forwards a GetItem within the second after a throttled one, as it does for a table without a journal', async () => {
  const app = await filled();
  await app.invalidator.invalidateEverywhere({ group: 'Products', key: app.key });
  app.source.failNext(throttled());
  await expect(app.ask('GetItem', getItem)).rejects.toMatchObject({ code: 'throttled' });
  await app.clock.advance(100);

  expect(await app.ask('GetItem', getItem)).toEqual({ Item: JSON.parse(ITEM) });
});
