import { describe, expect, it } from '@jest/globals';
import { createCoherentEndpoint } from '../../support/application/coherent-application.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';

/** A query that is in memory since the first invocation, over a DynamoDB whose every answer is another. */
const queried = async () => {
  const spec = tableSpec({ name: 'Products', hashKey: { name: 'id', type: 'S' }, queryTtlMs: 60_000 });
  let count = 0;
  const app = createCoherentEndpoint(spec, () => {
    count += 1;
    return { Count: count };
  });
  const query = () => app.ask('Query', { TableName: 'Products', KeyConditionExpression: 'id = :a' });
  app.invoke();
  await query();
  // Within the window after the first check, no answer to a query is kept.
  await app.clock.advance(10_000);
  expect(await query()).toEqual({ Count: 2 });
  expect(await query()).toEqual({ Count: 2 });
  return { ...app, query };
};

describe('a cached query of a table with a journal', () => {
  it('is answered from memory after a check without a change', async () => {
    const app = await queried();
    app.invoke();

    expect(await app.query()).toEqual({ Count: 2 });
  });

  it('is forwarded after a change elsewhere', async () => {
    const app = await queried();
    await app.writeElsewhere('v2');
    app.invoke();

    expect(await app.query()).toEqual({ Count: 3 });
  });

  it('is forwarded while the journal does not answer', async () => {
    const app = await queried();
    app.journal.throttle();
    app.invoke();

    expect(await app.query()).toEqual({ Count: 3 });
  });
});
