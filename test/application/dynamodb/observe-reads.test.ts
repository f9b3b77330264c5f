import { describe, expect, it } from '@jest/globals';
import { itemJson, serveEndpoint, thing } from '../../support/application/served-endpoint.ts';

const keys = (...ids: readonly string[]) => ids.map((id) => thing(id).Key);
const batch = JSON.stringify({ RequestItems: { Things: { Keys: keys('a', 'b', 'c') } } });

const seen = (reads: number, hits: number, right: number, savedUnits: number) => [
  { group: 'Things', reads, hits, right, savedUnits },
];

/** The endpoint over a DynamoDB in which the item `a` may be changed. */
const observed = () => {
  const things = { a: '1.0' };
  const endpoint = serveEndpoint(
    async ({ operation, body }) => {
      if (operation === 'GetItem') {
        const isA = JSON.parse(body).Key.id.S === 'a';
        return { json: isA ? `{ "Item":${itemJson('a', things.a)} }` : '{}' };
      }
      const unprocessed = `{"Things":{"Keys":${JSON.stringify(keys('c'))}}}`;
      return {
        json: `{"Responses":{"Things":[${itemJson('a', things.a)}]},"UnprocessedKeys":${unprocessed}}`,
      };
    },
    { isObserved: true, queryTtlMs: 60_000 },
  );
  return { ...endpoint, things };
};

describe('a table that is only to be observed', () => {
  it('has every read passed on, byte for byte both ways', async () => {
    const endpoint = observed();
    const body = JSON.stringify(thing('a'));

    for (const _ of [1, 2, 3]) {
      expect(await endpoint.ask('GetItem', body)).toBe(`{ "Item":${itemJson('a')} }`);
      await endpoint.ask('BatchGetItem', batch);
      await endpoint.ask('Query', '{"TableName":"Things"}');
    }
    expect(endpoint.passed.map(({ body: passed }) => passed)).toEqual(
      [1, 2, 3].flatMap(() => [body, batch, '{"TableName":"Things"}']),
    );
    expect(endpoint.source.calls).toEqual([]);
  });

  it('shows what memory would have answered, and whether rightly', async () => {
    const endpoint = observed();

    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(1, 0, 0, 0));
    await endpoint.ask('GetItem', { ...thing('a'), ProjectionExpression: 'id,v' });
    expect(endpoint.status.status().observed).toEqual(seen(2, 1, 1, 0.5));
    endpoint.things.a = '2.0';
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(3, 2, 1, 1));
  });

  it('shows it of batches too, but for keys that were not got to', async () => {
    const endpoint = observed();

    await endpoint.ask('BatchGetItem', batch);
    expect(endpoint.status.status().observed).toEqual(seen(2, 0, 0, 0));
    await endpoint.ask('BatchGetItem', batch);
    expect(endpoint.status.status().observed).toEqual(seen(4, 2, 2, 1));
  });

  it('keeps nothing of what was written a moment ago, because it is read as it was asked for', async () => {
    const endpoint = observed();
    await endpoint.ask('DeleteItem', thing('a'));
    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('GetItem', thing('a'));

    expect(endpoint.status.status().observed).toEqual(seen(2, 0, 0, 0));
    await endpoint.clock.advance(10_000);
    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(4, 1, 1, 0.5));
  });

  it('keeps nothing where all reads are to be consistent, which those that are passed on are not', async () => {
    const endpoint = serveEndpoint(async () => ({ json: `{"Item":${itemJson('a')}}` }), {
      isObserved: true,
      consistentRead: true,
    });
    await endpoint.ask('GetItem', thing('a'));

    expect(endpoint.store.get(endpoint.keyOf('a'))).toBeUndefined();
  });

  it.each([
    ['GetItem', thing('a')],
    ['BatchGetItem', JSON.parse(batch)],
  ])('gets an answer to %s that nobody here can read all the same', async (operation, request) => {
    const endpoint = serveEndpoint(async () => ({ json: 'no JSON' }), { isObserved: true });

    expect(await endpoint.ask(operation, request)).toBe('no JSON');
    expect(endpoint.status.status().observed).toBeUndefined();
  });
});
