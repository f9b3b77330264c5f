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

describe('a table in mode: observe', () => {
  it('has every read forwarded unchanged, and the answer returned unchanged', async () => {
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

  it('counts the reads that would have been hits, and those with the right item', async () => {
    const endpoint = observed();

    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(1, 0, 0, 0));
    await endpoint.ask('GetItem', { ...thing('a'), ProjectionExpression: 'id,v' });
    expect(endpoint.status.status().observed).toEqual(seen(2, 1, 1, 0.5));
    endpoint.things.a = '2.0';
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(3, 2, 1, 1));
  });

  it('counts the keys of a batch, except unprocessed keys', async () => {
    const endpoint = observed();

    await endpoint.ask('BatchGetItem', batch);
    expect(endpoint.status.status().observed).toEqual(seen(2, 0, 0, 0));
    await endpoint.ask('BatchGetItem', batch);
    expect(endpoint.status.status().observed).toEqual(seen(4, 2, 2, 1));
  });

  it('keeps comparing with the cached item until that would expire', async () => {
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

  it('distinguishes an absent item from a present one', async () => {
    const answers = ['{}', `{"Item":${itemJson('a')}}`];
    const endpoint = serveEndpoint(async () => ({ json: answers.shift() ?? '' }), { isObserved: true });

    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(2, 1, 0, 0.5));
  });

  it('does not count projected reads in batches, unprocessed keys, or tables that the answer lacks', async () => {
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

  it('caches only reads of whole items', async () => {
    const endpoint = observed();

    await endpoint.ask('GetItem', { ...thing('a'), ProjectionExpression: 'v' });
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(2, 0, 0, 0));
  });

  it.each(['{"__type":"x"}', `{"Item":${itemJson('a')}}`])(
    'caches and counts nothing of an answer with an error: %s',
    async (json) => {
      const endpoint = serveEndpoint(async () => ({ status: 400, json }), { isObserved: true });

      expect(await endpoint.ask('GetItem', thing('a'))).toBe(json);
      expect(endpoint.status.status().observed).toBeUndefined();
      expect(endpoint.store.get(endpoint.keyOf('a'))).toBeUndefined();
    },
  );

  it('returns a large answer as a stream, without reading it', async () => {
    let given = 0;
    const stream = async function* () {
      given += 1;
      yield new Uint8Array(1);
    };
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': '1048577' };
    const endpoint = serveEndpoint(async () => ({ body: stream(), headers }), { isObserved: true });

    expect(await endpoint.ask('GetItem', thing('a'))).toBe('a stream');
    expect([given, endpoint.passed.length]).toEqual([0, 1]);
  });

  it('forwards the read again if its answer turns out to be too long to be read', async () => {
    const stream = async function* () {
      for (;;) yield new Uint8Array(1_048_576);
    };
    const answers = [{ body: stream() }, { json: '{}' }];
    const endpoint = serveEndpoint(async () => answers.shift() ?? {}, { isObserved: true });

    expect(await endpoint.ask('GetItem', thing('a'))).toBe('{}');
    expect(endpoint.passed.map(({ body }) => JSON.parse(body))).toEqual([thing('a'), thing('a')]);
    expect(endpoint.status.status().observed).toBeUndefined();
  });

  it('returns an answer with too many values unchanged, without comparing or caching it', async () => {
    const list = `{"L":[${Array(30_000).fill('{"N":"1"}').join(',')}]}`;
    const json = `{"Item":{"id":{"S":"a"},"l":${list}}}`;
    const endpoint = serveEndpoint(async () => ({ json }), { isObserved: true });

    expect(await endpoint.ask('GetItem', thing('a'))).toBe(json);
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
    'caches nothing of an answer to %s %j that %s, and closes its connection',
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

  it('counts half a saved read unit for each started 4 KiB', async () => {
    const long = itemJson('a', '1'.repeat(38)).replace('}}', `},"x":{"S":"${'y'.repeat(4_096)}"}}`);
    const endpoint = serveEndpoint(async () => ({ json: `{"Item":${long}}` }), { isObserved: true });

    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('GetItem', thing('a'));
    expect(endpoint.status.status().observed).toEqual(seen(2, 1, 1, 1));
  });

  it('counts a miss for each key that is not cached', async () => {
    const endpoint = observed();

    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('BatchGetItem', batch);
    expect(endpoint.status.status().counts.misses).toBe(3);
  });

  it('does not cache a key that was written recently, because its read stays eventually consistent', async () => {
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

  it('caches nothing of a table with consistent reads, because forwarded reads stay eventually consistent', async () => {
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
  ])('returns an answer to %s that it cannot read', async (operation, request) => {
    const endpoint = serveEndpoint(async () => ({ json: 'no JSON' }), { isObserved: true });

    expect(await endpoint.ask(operation, request)).toBe('no JSON');
    expect(endpoint.status.status().observed).toBeUndefined();
  });

  it('starts no background refresh; a forwarded read replaces an expired entry', async () => {
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
