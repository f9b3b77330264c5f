import { describe, expect, it } from '@jest/globals';
import { SourceUnavailableError } from '../../../src/domain/cache/errors.ts';
import { itemJson, serveEndpoint, thing } from '../../support/application/served-endpoint.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';

const keys = (...ids: readonly string[]) => ids.map((id) => thing(id).Key);
const batch = (...ids: readonly string[]) => ({ RequestItems: { Things: { Keys: keys(...ids) } } });
const askedKeys = (body: string): unknown => JSON.parse(body).RequestItems.Things.Keys;
const words = tableSpec({ name: 'Words', hashKey: { name: 'id', type: 'S' } });

const DENIED = '{"__type":"com.amazon.coral.service#AccessDeniedException"}';

describe('BatchGetItem at the endpoint', () => {
  it('answers cached keys from memory and reads the others with one upstream call', async () => {
    const endpoint = serveEndpoint(async () => ({
      json: `{"Responses":{"Things":[${itemJson('b')}]},"UnprocessedKeys":{}}`,
    }));
    endpoint.put('a');
    await endpoint.ask('GetItem', thing('a'));

    expect(await endpoint.ask('BatchGetItem', batch('a', 'b', 'c'))).toBe(
      `{"Responses":{"Things":[${itemJson('a')},${itemJson('b')}]},"UnprocessedKeys":{}}`,
    );
    expect(endpoint.passed.map(({ body }) => askedKeys(body))).toEqual([keys('b', 'c')]);
  });

  it.each([
    ['at once, of 256 KiB', 0, false],
    ['in slices, so that other requests run meanwhile, of more than 256 KiB', 1, true],
  ])('answers from memory %s', async (_, surplus, isLater) => {
    const endpoint = serveEndpoint(async () => ({}), {}, { maxBytes: 8_388_608 });
    const itemOf = (id: string, bytes: number) => {
      const [head, tail] = [`{"id":{"S":"${id}"},"x":{"S":"`, '"}}'];
      return `${head}${'x'.repeat(bytes - head.length - tail.length)}${tail}`;
    };
    const items = [itemOf('a', 131_072), itemOf('b', 131_072 + surplus)] as const;
    endpoint.put('a', items[0]);
    endpoint.put('b', items[1]);
    for (const id of ['a', 'b']) await endpoint.ask('GetItem', thing(id));
    const answering = endpoint.execute('BatchGetItem', batch('a', 'b'));
    expect(answering instanceof Promise).toBe(isLater);
    await endpoint.clock.advance(0);
    const { body } = await answering;

    expect(body instanceof Uint8Array && new TextDecoder().decode(body)).toBe(
      `{"Responses":{"Things":[${items.join(',')}]},"UnprocessedKeys":{}}`,
    );
  });

  it('caches items and absences of an answer, so that the next batch is a hit', async () => {
    const endpoint = serveEndpoint(async () => ({
      json: `{"Responses":{"Things":[${itemJson('b')}]},"UnprocessedKeys":{}}`,
    }));
    await endpoint.ask('BatchGetItem', batch('b', 'c'));

    expect(endpoint.execute('BatchGetItem', batch('b', 'c'))).toMatchObject({ status: 200 });
    expect(await endpoint.ask('GetItem', thing('c'))).toBe('{}');
    expect(await endpoint.ask('GetItem', thing('b'))).toBe(`{"Item":${itemJson('b')}}`);
    expect(endpoint.passed).toHaveLength(1);
    expect(endpoint.source.calls).toEqual([]);
  });

  const hundred = Array.from({ length: 100 }, (_, index) => `i${index}`);
  const answerOfHundred = (attribute: string) => {
    const items = hundred.map((id) => `{"id":{"S":"${id}"},"x":${attribute}}`);
    return `{"Responses":{"Things":[${items.join(',')}]},"UnprocessedKeys":{}}`;
  };

  it.each([
    ['2 KB', `{"S":"${'x'.repeat(2_000)}"}`],
    ['10 KB', `{"S":"${'x'.repeat(10_000)}"}`],
    ['1 KB with 100 values', `{"L":[${Array(100).fill('{"N":"1"}').join(',')}]}`],
  ])('caches 100 items of %s, and answers the next batch with the same bytes', async (_, attribute) => {
    const json = answerOfHundred(attribute);
    const endpoint = serveEndpoint(async () => ({ json }), {}, { maxBytes: 8_388_608 });

    expect(await endpoint.ask('BatchGetItem', batch(...hundred))).toBe(json);
    expect(await endpoint.ask('BatchGetItem', batch(...hundred))).toBe(json);
    expect(endpoint.passed).toHaveLength(1);
  });

  it.each([
    ['more than 1 MiB', `{"S":"${'x'.repeat(11_000)}"}`],
    ['escapes', `{"S":"${'\\n'.repeat(700)}"}`],
    ['numbers in lists', `{"L":[${Array(200).fill('{"N":"1"}').join(',')}]}`],
    ['empty maps in lists', `{"L":[${Array(200).fill('{"M":{}}').join(',')}]}`],
  ])('returns an answer of %s, and caches nothing of it', async (_, attribute) => {
    const json = answerOfHundred(attribute);
    const endpoint = serveEndpoint(async () => ({ json }));

    expect(await endpoint.ask('BatchGetItem', batch(...hundred))).toBe(json);
    expect(await endpoint.ask('BatchGetItem', batch(...hundred))).toBe(json);
    expect(endpoint.passed).toHaveLength(2);
  });

  it('reads only the requested attributes if DynamoDB denies access to all of them', async () => {
    const json = '{"Responses":{"Things":[{"v":{"N":"1"}}]},"UnprocessedKeys":{}}';
    const endpoint = serveEndpoint(async ({ body }) =>
      body.includes('ProjectionExpression') ? { json } : { status: 400, json: DENIED },
    );
    const request = { RequestItems: { Things: { Keys: keys('a'), ProjectionExpression: 'v' } } };

    expect(await endpoint.ask('BatchGetItem', request)).toBe(json);
    expect(JSON.parse(endpoint.passed[1]?.body ?? '')).toEqual(request);
    expect(endpoint.store.get(endpoint.keyOf('a'))).toBeUndefined();
  });

  it.each([
    ['a denial of access to all attributes, if all are requested', {}, DENIED],
    ['another error', { ProjectionExpression: 'v' }, '{"__type":"ValidationException"}'],
    ['an error that cannot be read', { ProjectionExpression: 'v' }, '<html>'],
  ])('returns %s', async (_, projection, json) => {
    const endpoint = serveEndpoint(async () => ({ status: 400, json }));
    const request = { RequestItems: { Things: { Keys: keys('a'), ...projection } } };

    expect(await endpoint.ask('BatchGetItem', request)).toBe(json);
    expect(endpoint.passed).toHaveLength(1);
  });

  it('merges cached items with the items that it reads', async () => {
    const endpoint = serveEndpoint(async () => ({
      json: `{"Responses":{"Things":[${itemJson('b')}]},"UnprocessedKeys":{}}`,
    }));
    endpoint.put('a');
    await endpoint.ask('GetItem', thing('a'));
    await endpoint.ask('BatchGetItem', batch('a', 'b'));

    expect(await endpoint.ask('GetItem', thing('a'))).toBe(`{"Item":${itemJson('a')}}`);
    expect(endpoint.passed).toHaveLength(1);
  });

  it('forwards the part of an unconfigured table unchanged, although all other keys are cached', async () => {
    const others = { Keys: [{ h: { N: '1' } }], ProjectionExpression: 'a.b' };
    const endpoint = serveEndpoint(async () => ({
      json: '{"Responses":{"Others":[{"a":{"N":"2"}}]},"UnprocessedKeys":{}}',
    }));
    endpoint.put('a');
    await endpoint.ask('GetItem', thing('a'));
    const request = { RequestItems: { Others: others, ...batch('a').RequestItems } };

    expect(await endpoint.ask('BatchGetItem', request)).toBe(
      `{"Responses":{"Others":[{"a":{"N":"2"}}],"Things":[${itemJson('a')}]},"UnprocessedKeys":{}}`,
    );
    expect(endpoint.passed.map(({ body }) => JSON.parse(body))).toEqual([
      { RequestItems: { Others: others } },
    ]);
  });

  it('counts a miss for each key that it reads, and one upstream call for each of their tables', async () => {
    const endpoint = serveEndpoint(
      async () => ({ json: '{"Responses":{"Words":[]},"UnprocessedKeys":{}}' }),
      {},
      {},
      [words],
    );
    endpoint.put('a');
    await endpoint.ask('GetItem', thing('a'));
    const before = endpoint.status.status().counts;
    await endpoint.ask('BatchGetItem', {
      RequestItems: { ...batch('a').RequestItems, Words: { Keys: keys('a', 'b') } },
    });

    const { misses, sourceReads } = endpoint.status.status().counts;
    expect([misses - before.misses, sourceReads - before.sourceReads]).toEqual([2, 1]);
  });

  it('returns an item that it cannot parse without caching it', async () => {
    const odd = '{"id":{"S":"b"},"v":{"ODD":1}}';
    const endpoint = serveEndpoint(async () => ({
      json: `{"Responses":{"Things":[${odd}]},"UnprocessedKeys":{}}`,
    }));

    expect(await endpoint.ask('BatchGetItem', batch('b'))).toContain(odd);
    expect(endpoint.store.get(endpoint.keyOf('b'))).toBeUndefined();
  });

  it('does not cache an unprocessed key as a negative entry', async () => {
    const endpoint = serveEndpoint(async () => ({
      json: `{"Responses":{"Things":[]},"UnprocessedKeys":{"Things":{"Keys":[${JSON.stringify(thing('b').Key)}]}}}`,
    }));

    expect(JSON.parse(await endpoint.ask('BatchGetItem', batch('b'))).UnprocessedKeys).toEqual({
      Things: { Keys: keys('b') },
    });
    expect(endpoint.store.get(endpoint.keyOf('b'))).toBeUndefined();
  });

  it('caches nothing of a table that the answer lacks, and no items without keys', async () => {
    const answers = [
      '{"Responses":{},"UnprocessedKeys":{}}',
      '{"Responses":{"Things":[{"x":{"S":"b"}}]},"UnprocessedKeys":{}}',
      '{"Responses":{"Things":[]},"UnprocessedKeys":{"Things":{"Keys":[{"x":{"S":"b"}}]}}}',
    ];
    const endpoint = serveEndpoint(async () => ({ json: answers.shift() ?? '' }));

    for (const _ of [1, 2, 3]) await endpoint.ask('BatchGetItem', batch('b'));
    expect(endpoint.passed).toHaveLength(3);

    expect(endpoint.store.get(endpoint.keyOf('b'))).toBeUndefined();
  });

  it.each([
    [
      'has the item of a key that was not asked for',
      `{"Responses":{"Things":[${itemJson('b')},${itemJson('c')}]},"UnprocessedKeys":{}}`,
    ],
    [
      'has an item twice',
      `{"Responses":{"Things":[${itemJson('b')},${itemJson('b')}]},"UnprocessedKeys":{}}`,
    ],
    [
      'has an unprocessed key that was not asked for',
      `{"Responses":{"Things":[]},"UnprocessedKeys":{"Things":{"Keys":[${JSON.stringify(thing('c').Key)}]}}}`,
    ],
    ['is an error', '{"__type":"InternalFailure"}'],
    ['is empty', '{}'],
  ])('rejects, discards and does not cache an answer that %s', async (_, json) => {
    let discarded = 0;
    const discard = () => {
      discarded += 1;
    };
    const endpoint = serveEndpoint(async () => ({ json, discard }));

    await expect(endpoint.ask('BatchGetItem', batch('a', 'b'))).rejects.toBeInstanceOf(
      SourceUnavailableError,
    );
    expect(discarded).toBe(1);
    expect(endpoint.store.usage().entries).toBe(0);
  });

  it('reads consistently from a table with consistent reads', async () => {
    const endpoint = serveEndpoint(
      async () => ({ json: '{"Responses":{"Things":[]},"UnprocessedKeys":{}}' }),
      {
        consistentRead: true,
      },
    );
    await endpoint.ask('BatchGetItem', batch('b'));

    expect(JSON.parse(endpoint.passed[0]?.body ?? '').RequestItems.Things).toMatchObject({
      ConsistentRead: true,
    });
  });

  it("returns DynamoDB's error even if some keys are cached", async () => {
    const endpoint = serveEndpoint(async () => ({ status: 400, json: '{"__type":"x"}' }));
    endpoint.put('a');
    await endpoint.ask('GetItem', thing('a'));

    expect(await endpoint.ask('BatchGetItem', batch('a', 'b'))).toBe('{"__type":"x"}');
    expect(endpoint.store.get(endpoint.keyOf('b'))).toBeUndefined();
  });

  it('forwards a request that is not plainly well-formed unchanged', async () => {
    const endpoint = serveEndpoint(async () => ({ json: '{}' }));
    const body = JSON.stringify(batch('a', 'a'));

    await endpoint.ask('BatchGetItem', body);

    expect(endpoint.passed).toEqual([{ operation: 'BatchGetItem', body }]);
  });

  it('does not cache an answer if its key was written meanwhile', async () => {
    let answer: () => void = () => undefined;
    const endpoint = serveEndpoint(async ({ operation }) => {
      if (operation !== 'BatchGetItem') return {};
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return { json: `{"Responses":{"Things":[${itemJson('b')}]},"UnprocessedKeys":{}}` };
    });
    const reading = endpoint.ask('BatchGetItem', batch('b'));
    await endpoint.ask('DeleteItem', thing('b'));
    answer();
    await reading;

    expect(endpoint.store.get(endpoint.keyOf('b'))).toBeUndefined();
  });

  it('reads consistently only from the table with a recent write', async () => {
    const endpoint = serveEndpoint(
      async () => ({ json: '{"Responses":{"Things":[],"Words":[]},"UnprocessedKeys":{}}' }),
      {},
      {},
      [words],
    );
    await endpoint.ask('DeleteItem', thing('b'));
    await endpoint.ask('BatchGetItem', {
      RequestItems: { Words: { Keys: keys('b') }, ...batch('b').RequestItems },
    });

    expect(JSON.parse(endpoint.passed[1]?.body ?? '').RequestItems).toEqual({
      Things: { Keys: keys('b'), ConsistentRead: true },
      Words: { Keys: keys('b') },
    });
  });

  it('reads a recently written key consistently', async () => {
    const endpoint = serveEndpoint(async () => ({
      json: '{"Responses":{"Things":[]},"UnprocessedKeys":{}}',
    }));
    await endpoint.ask('DeleteItem', thing('b'));
    await endpoint.ask('BatchGetItem', batch('b', 'c'));
    await endpoint.clock.advance(10_000);
    await endpoint.ask('BatchGetItem', batch('b', 'c', 'd'));

    const parts = endpoint.passed.slice(1).map(({ body }) => JSON.parse(body).RequestItems.Things);
    expect(parts.map(({ ConsistentRead: consistent }) => consistent)).toEqual([true, undefined]);
  });
});
