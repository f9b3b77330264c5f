import { describe, expect, it } from '@jest/globals';
import type { TableSpec } from '../../../src/domain/dynamodb/model/table-spec.ts';
import { type ApplicationOptions, keyOf } from '../../support/application/create-application.ts';
import { serveEndpoint, thing } from '../../support/application/served-endpoint.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';

const QUERY = '{"TableName":"Things", "KeyConditionExpression":"id = :a"}';

/** The endpoint over a DynamoDB whose every answer is another. */
const counting = (
  queryTtlMs?: number,
  options: ApplicationOptions = {},
  others: readonly TableSpec[] = [],
) => {
  let count = 0;
  return serveEndpoint(
    async ({ operation }) => {
      if (operation !== 'Query') return {};
      count += 1;
      return { json: `{"Count":${count}}` };
    },
    queryTtlMs === undefined ? {} : { queryTtlMs },
    options,
    others,
  );
};

describe('Query at the endpoint', () => {
  it('is always forwarded if the table has no queryTtl', async () => {
    const endpoint = counting();

    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":1}');
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":2}');
  });

  it('is a hit within queryTtl if its body is byte-identical', async () => {
    const endpoint = counting(5_000);

    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":1}');
    await endpoint.clock.advance(4_999);
    expect(endpoint.execute('Query', QUERY)).toMatchObject({ status: 200 });
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":1}');
    expect(await endpoint.ask('Query', `${QUERY} `)).toBe('{"Count":2}');
    await endpoint.clock.advance(1);
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":3}');
  });

  it.each([
    ['is read consistently', { KeyConditionExpression: 'id = :a' }, { ConsistentRead: true }],
    ['is forwarded unchanged if it reads an index', { IndexName: 'ByPlace' }, {}],
  ])('%s before it is cached, if the table has consistentRead', async (_, query, more) => {
    const endpoint = serveEndpoint(async () => ({ json: '{"Count":1}' }), {
      queryTtlMs: 5_000,
      consistentRead: true,
    });
    const request = { TableName: 'Things', ...query };
    for (const _ of [1, 2]) expect(await endpoint.ask('Query', request)).toBe('{"Count":1}');

    expect(endpoint.passed.map(({ body }) => JSON.parse(body))).toEqual([{ ...request, ...more }]);
  });

  it('is cached only for tables with queryTtl', async () => {
    const words = tableSpec({ name: 'Words', hashKey: { name: 'id', type: 'S' } });
    const endpoint = counting(5_000, {}, [words]);
    const ofWords = QUERY.replace('Things', 'Words');

    for (const each of [QUERY, ofWords, QUERY]) await endpoint.ask('Query', each);
    expect(await endpoint.ask('Query', ofWords)).toBe('{"Count":3}');
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":1}');
  });

  it.each([
    ['{"TableName":"Things","ConsistentRead":true}'],
    ['{"TableName":"Things","ReturnConsumedCapacity":"TOTAL"}'],
    ['{"TableName":"Others"}'],
    ['{"TableName":"Things","TableName":"Things"}'],
  ])('is forwarded each time if it requests more than that: %s', async (body) => {
    const endpoint = counting(5_000);

    expect(await endpoint.ask('Query', body)).toBe('{"Count":1}');
    expect(await endpoint.ask('Query', body)).toBe('{"Count":2}');
  });

  it('is read again after any write to the table, and not cached within the write window', async () => {
    const endpoint = counting(60_000);
    await endpoint.ask('Query', QUERY);
    await endpoint.ask('DeleteItem', thing('z'));

    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":2}');
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":3}');
    await endpoint.clock.advance(10_000);
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":4}');
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":4}');
  });

  it('is read again after the item route has invalidated an item of its table', async () => {
    const endpoint = counting(60_000);
    await endpoint.ask('Query', QUERY);
    endpoint.invalidator.invalidate(keyOf('a', 'Things'));

    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":2}');
  });

  it('is not cached if an item of its table was invalidated meanwhile', async () => {
    const endpoint = counting(60_000);
    const asking = endpoint.ask('Query', QUERY);
    endpoint.invalidator.invalidateGroup('Things');
    await asking;

    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":2}');
  });

  it('is not cached if it failed', async () => {
    const answers = [{ status: 400, json: '{"__type":"x"}' }, { json: '{"Count":1}' }];
    const endpoint = serveEndpoint(async () => answers.shift() ?? {}, { queryTtlMs: 5_000 });

    expect(await endpoint.ask('Query', QUERY)).toBe('{"__type":"x"}');
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":1}');
  });

  it.each([
    ['is long', `{"Count":1,"Items":[{"x":{"S":"${'x'.repeat(1_100_000)}"}}]}`],
    [
      'has many values',
      `{"Count":1,"Items":[{"x":{"L":[${Array(30_000).fill('{"NULL":true}').join(',')}]}}]}`,
    ],
  ])('is forwarded and not cached if the answer %s', async (_, json) => {
    const endpoint = serveEndpoint(async () => ({ json }), { queryTtlMs: 5_000 });

    for (const _time of [1, 2]) expect(await endpoint.ask('Query', QUERY)).toBe(json);
    expect(endpoint.passed).toHaveLength(2);
  });

  it.each([
    ['has no count', { json: '{"Items":[]}' }],
    ['is an error', { json: '{"Count":1,"__type":"InternalFailure"}' }],
    ['is no JSON', { json: '{"Count":1' }],
    ['has another content type', { json: '{"Count":1}', headers: { 'content-type': 'text/html' } }],
  ])('is not cached, and its connection is closed, if the answer %s', async (_, given) => {
    let discarded = 0;
    const discard = () => {
      discarded += 1;
    };
    const endpoint = serveEndpoint(async () => ({ ...given, discard }), { queryTtlMs: 5_000 });

    for (const times of [1, 2]) {
      expect(await endpoint.ask('Query', QUERY)).toBe(given.json);
      expect(discarded).toBe(times);
    }
    expect(endpoint.passed).toHaveLength(2);
  });

  it('is not cached before the first invocation', async () => {
    const endpoint = counting(60_000, { awaitsInvocation: true });

    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":1}');
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":2}');
    expect(endpoint.status.status().forwarded).toEqual({ before_first_invocation: 2 });
    endpoint.gate.open();
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":3}');
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":3}');
  });

  it('is invalidated without a walk through all entries', async () => {
    const endpoint = counting(60_000);
    const walked: string[] = [];
    const { deleteGroup } = endpoint.store;
    endpoint.store.deleteGroup = (group) => {
      walked.push(group);
      deleteGroup.call(endpoint.store, group);
    };
    await endpoint.ask('Query', QUERY);
    const puts = ['a', 'b', 'c'].map((id) => ({ PutRequest: { Item: thing(id).Key } }));
    await endpoint.ask('BatchWriteItem', { RequestItems: { Things: puts } });

    expect(walked).toEqual([]);
  });

  it('is not cached with a content-encoding, because cached answers have no headers', async () => {
    const answers = [{ json: 'zipped', headers: { 'content-encoding': 'gzip' } }, { json: '{"Count":1}' }];
    const endpoint = serveEndpoint(async () => answers.shift() ?? {}, { queryTtlMs: 5_000 });

    expect(await endpoint.execute('Query', QUERY)).toMatchObject({ headers: { 'content-encoding': 'gzip' } });
    expect(await endpoint.ask('Query', QUERY)).toBe('{"Count":1}');
  });
});
