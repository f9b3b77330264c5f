import { describe, expect, it } from '@jest/globals';
import { ServeOperations } from '../../../src/application/dynamodb/serve-operations.ts';
import { TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { ConfiguredTables } from '../../../src/domain/dynamodb/model/configured-tables.ts';
import { createCoherent } from '../../support/application/coherent-application.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';

const bytes = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const QUERY = bytes({ TableName: 'Products', KeyConditionExpression: 'id = :a' });
const { signal } = new AbortController();

/** A query that is in memory since the first invocation, over a DynamoDB whose every answer is another. */
const queried = async () => {
  const app = createCoherent();
  const spec = tableSpec({ name: 'Products', hashKey: { name: 'id', type: 'S' }, queryTtlMs: 60_000 });
  let count = 0;
  const endpoint = new ServeOperations({
    cache: app,
    store: app.store,
    clock: app.clock,
    tables: new ConfiguredTables([spec], 'eu-west-1'),
    forward: {
      execute: () => {
        count += 1;
        return { status: 200, headers: { 'content-type': TYPED }, body: bytes({ Count: count }) };
      },
    },
  });
  const query = async (): Promise<unknown> => {
    const headers = new Headers({ 'content-type': TYPED });
    const caller = { region: 'eu-west-1' };
    const request = { operation: 'Query', headers, body: QUERY, signal, caller };
    const answering = Promise.resolve(endpoint.execute(request));
    await app.clock.advance(0);
    const { body } = await answering;
    return body instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(body)).Count : undefined;
  };
  app.invoke();
  await query();
  // Within the window after the first check, no answer to a query is kept.
  await app.clock.advance(10_000);
  expect(await query()).toBe(2);
  expect(await query()).toBe(2);
  return { ...app, query };
};

describe('a cached query of a table with a journal', () => {
  it('is answered from memory after a check without a change', async () => {
    const app = await queried();
    app.invoke();

    expect(await app.query()).toBe(2);
  });

  it('is forwarded after a change elsewhere', async () => {
    const app = await queried();
    await app.writeElsewhere('v2');
    app.invoke();

    expect(await app.query()).toBe(3);
  });

  it('is forwarded while the journal does not answer', async () => {
    const app = await queried();
    app.journal.throttle();
    app.invoke();

    expect(await app.query()).toBe(3);
  });
});
