import { describe, expect, it } from '@jest/globals';
import { ServeOperations } from '../../../src/application/dynamodb/serve-operations.ts';
import { TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { ConfiguredTables } from '../../../src/domain/dynamodb/model/configured-tables.ts';
import { KeyCodec } from '../../../src/domain/dynamodb/model/key-codec.ts';
import { createCoherent } from '../../support/application/coherent-application.ts';
import { PLAIN } from '../../support/application/create-application.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const { signal } = new AbortController();
const ITEM = '{"id":{"S":"a"}}';
const getItem = { TableName: 'Products', Key: { id: { S: 'a' } } };

/** The endpoint over an environment with a journal, with the item `a` in memory. */
const filled = async (isObserved = false) => {
  const app = createCoherent();
  const spec = tableSpec({ name: 'Products', hashKey: { name: 'id', type: 'S' }, isObserved });
  const key = new KeyCodec(spec).fromText('a');
  app.source.put(key, { [TYPED]: ITEM, [PLAIN]: '{}' });
  let forwarded = 0;
  const endpoint = new ServeOperations({
    cache: app,
    store: app.store,
    clock: app.clock,
    tables: new ConfiguredTables([spec], 'eu-west-1'),
    forward: {
      execute: ({ operation }) => {
        forwarded += 1;
        const answer =
          operation === 'GetItem'
            ? `{"Item":${ITEM}}`
            : `{"Responses":{"Products":[${ITEM}]},"UnprocessedKeys":{}}`;
        return { status: 200, headers: { 'content-type': TYPED }, body: encode(answer) };
      },
    },
  });
  const ask = async (operation: string, request: object): Promise<void> => {
    const headers = new Headers({ 'content-type': TYPED });
    const body = encode(JSON.stringify(request));
    const answering = Promise.resolve(
      endpoint.execute({ operation, headers, body, signal, caller: { region: 'eu-west-1' } }),
    );
    await app.clock.advance(0);
    await answering;
  };
  app.invoke();
  await ask('GetItem', getItem);
  return { ...app, key, ask, reads: () => app.source.calls.length + forwarded };
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
});

it('a read in mode: observe is compared with memory after a check without a change', async () => {
  const app = await filled(true);
  await app.clock.advance(10_000);
  await app.ask('GetItem', getItem);
  app.invoke();
  await app.ask('GetItem', getItem);

  expect(app.status.status().observed).toMatchObject([{ reads: 3, hits: 1 }]);
});
