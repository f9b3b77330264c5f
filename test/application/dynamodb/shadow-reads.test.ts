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

  it('goes on comparing with what memory had, which would have been answered for as long as it is kept', async () => {
    const endpoint = observed();

    await endpoint.ask('GetItem', thing('a'));
    endpoint.things.a = '2.0';
    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(3, 2, 0, 1));
  });

  it('compares each key of a batch with its own item', async () => {
    const endpoint = observed();

    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('GetItem', thing('b'));
    await endpoint.ask('BatchGetItem', batch);
    expect(endpoint.status.status().observed).toEqual(seen(4, 2, 2, 1));
  });

  it('does not take an absence for an item, nor an item for an absence', async () => {
    const answers = ['{}', `{"Item":${itemJson('a')}}`];
    const endpoint = serveEndpoint(async () => ({ json: answers.shift() ?? '' }), { isObserved: true });

    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(2, 1, 0, 0.5));
  });

  it('counts no projected reads in batches, none of keys that were not got to, and none of tables not answered for', async () => {
    const json = `{"Responses":{},"UnprocessedKeys":{"Things":{"Keys":${JSON.stringify(keys('b', 'c'))}}}}`;
    const answers = [json, '{"Responses":{},"UnprocessedKeys":{}}'];
    const endpoint = serveEndpoint(async () => ({ json: answers.shift() ?? '{"Responses":{"Things":[]}}' }), {
      isObserved: true,
    });
    const part = { Keys: keys('b', 'c'), ProjectionExpression: 'v' };

    await endpoint.ask('BatchGetItem', { RequestItems: { Things: { Keys: keys('b', 'c') } } });
    await endpoint.ask('BatchGetItem', batch);
    await endpoint.ask('BatchGetItem', { RequestItems: { Things: part } });
    expect(endpoint.status.status().observed).toBeUndefined();
  });

  it('is filled by reads of whole items only', async () => {
    const endpoint = observed();

    await endpoint.ask('GetItem', { ...thing('a'), ProjectionExpression: 'v' });
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(2, 0, 0, 0));
  });

  it('learns nothing from an error', async () => {
    const endpoint = serveEndpoint(async () => ({ status: 400, json: '{"__type":"x"}' }), {
      isObserved: true,
    });

    expect(await endpoint.ask('GetItem', thing('a'))).toBe('{"__type":"x"}');
    expect(endpoint.status.status().observed).toBeUndefined();
    expect(endpoint.store.get(endpoint.keyOf('a'))).toBeUndefined();
  });

  it.each([
    ['GetItem', thing('a'), 'is the item of another key', `{"Item":${itemJson('b')}}`],
    ['GetItem', thing('a'), 'is another object', '{"status":"ok"}'],
    [
      'BatchGetItem',
      JSON.parse(batch),
      'has the item of another key',
      `{"Responses":{"Things":[${itemJson('x')}]},"UnprocessedKeys":{}}`,
    ],
    ['BatchGetItem', JSON.parse(batch), 'is another object', '{"status":"ok"}'],
  ])(
    'learns nothing from an answer to %s %j that %s, and has its connection ended',
    async (operation, request, _, json) => {
      let discarded = 0;
      const discard = () => {
        discarded += 1;
      };
      const endpoint = serveEndpoint(async () => ({ json, discard }), { isObserved: true });

      expect(await endpoint.ask(operation, request)).toBe(json);
      expect(discarded).toBe(1);
      expect(endpoint.store.usage().entries).toBe(0);
      expect(endpoint.status.status().observed).toBeUndefined();
    },
  );

  it('would have saved half a unit for every 4 KiB that have begun', async () => {
    const long = itemJson('a', '1'.repeat(38)).replace('}}', `},"x":{"S":"${'y'.repeat(4_096)}"}}`);
    const endpoint = serveEndpoint(async () => ({ json: `{"Item":${long}}` }), { isObserved: true });

    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(2, 1, 1, 1));
  });

  it('counts a miss of memory for each key that it knows nothing of', async () => {
    const endpoint = observed();

    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('BatchGetItem', batch);
    expect(endpoint.status.status().counts.misses).toBe(3);
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

  it('has nothing read for the sake of memory, which takes what was read anyway once it has expired', async () => {
    const endpoint = observed();
    await endpoint.ask('GetItem', thing('a'));
    await endpoint.clock.advance(60_000);
    endpoint.things.a = '2.0';
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(2, 1, 0, 0.5));
    await endpoint.ask('GetItem', thing('a'));

    expect(endpoint.status.status().observed).toEqual(seen(3, 2, 1, 1));
    expect(endpoint.source.calls).toEqual([]);
  });
});
