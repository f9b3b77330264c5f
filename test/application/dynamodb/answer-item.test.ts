import { describe, expect, it, jest } from '@jest/globals';
import {
  SourceRefusedError,
  SourceTimeoutError,
  SourceUnavailableError,
} from '../../../src/domain/cache/errors.ts';
import { throttled } from '../../support/application/create-application.ts';
import { itemJson, serveEndpoint, thing } from '../../support/application/served-endpoint.ts';

const nothingPassed = () => Promise.reject(new Error('nothing was to be passed on'));
const EXACT = '{ "TableName":"Things", "Key":{"id":{"S":"a"}}, "ConsistentRead":true }';

const DENIED = '{"__type":"com.amazon.coral.service#AccessDeniedException"}';

describe('GetItem at the endpoint', () => {
  it('makes one upstream call, and answers later reads from memory', async () => {
    const endpoint = serveEndpoint(nothingPassed);
    endpoint.put('a');

    expect(await endpoint.ask('GetItem', thing('a'))).toBe(`{"Item":${itemJson('a')}}`);
    expect(endpoint.execute('GetItem', thing('a'))).toMatchObject({ status: 200 });
    expect(endpoint.source.calls).toHaveLength(1);
  });

  it('shares its entries with the item route', async () => {
    const endpoint = serveEndpoint(nothingPassed);
    endpoint.put('a');
    await endpoint.read(endpoint.keyOf('a'), { kind: 'any' }, 'application/x-amz-json-1.0');

    expect(await endpoint.ask('GetItem', { ...thing('a'), ProjectionExpression: 'v' })).toBe(
      '{"Item":{"v":{"N":"1.0"}}}',
    );
    expect(endpoint.source.calls).toHaveLength(1);
  });

  it('caches an absent item as a negative entry', async () => {
    const endpoint = serveEndpoint(nothingPassed);

    expect(await endpoint.ask('GetItem', thing('a'))).toBe('{}');
    expect(await endpoint.ask('GetItem', thing('a'))).toBe('{}');
    expect(endpoint.source.calls).toHaveLength(1);
  });

  it.each([
    ['a consistent read', EXACT],
    ['what is no JSON', '{'],
    ['a path', JSON.stringify({ ...thing('a'), ProjectionExpression: 'v.w' })],
    ['another table', JSON.stringify({ ...thing('a'), TableName: 'Others' })],
  ])('forwards %s unchanged, each time', async (_, body) => {
    const endpoint = serveEndpoint(async () => ({ json: '{"Item":{}}' }));
    endpoint.put('a');

    expect(await endpoint.ask('GetItem', body)).toBe('{"Item":{}}');
    expect(await endpoint.ask('GetItem', body)).toBe('{"Item":{}}');
    expect(endpoint.passed).toEqual([
      { operation: 'GetItem', body },
      { operation: 'GetItem', body },
    ]);
    expect(endpoint.source.calls).toEqual([]);
  });

  it('forwards a consistent read without parsing it', async () => {
    const endpoint = serveEndpoint(async () => ({ json: '{}' }));
    const parse = jest.spyOn(JSON, 'parse');
    try {
      await endpoint.execute('GetItem', { ...thing('a'), ConsistentRead: true });

      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
  });

  it("forwards the read if the cache cannot read the item, so that DynamoDB's error is returned", async () => {
    const endpoint = serveEndpoint(async () => ({ status: 400, json: '{"__type":"Denied"}' }));
    endpoint.source.failWith(new SourceRefusedError('denied'));

    for (const _ of [1, 2]) expect(await endpoint.ask('GetItem', thing('a'))).toBe('{"__type":"Denied"}');
    expect(endpoint.passed.map(({ body }) => JSON.parse(body))).toEqual([thing('a'), thing('a')]);
  });

  it('forwards no read that DynamoDB has just throttled, but those of the second after it', async () => {
    const endpoint = serveEndpoint(async () => ({ status: 400, json: '{"__type":"Throttled"}' }));
    endpoint.source.failWith(throttled());

    await expect(endpoint.ask('GetItem', thing('a'))).rejects.toMatchObject({ code: 'throttled' });
    expect(endpoint.passed).toEqual([]);
    expect(await endpoint.ask('GetItem', thing('a'))).toBe('{"__type":"Throttled"}');
    expect(endpoint.passed).toHaveLength(1);
  });

  it('is a stale hit during a transient failure', async () => {
    const endpoint = serveEndpoint(nothingPassed);
    endpoint.put('a');
    await endpoint.ask('GetItem', thing('a'));
    await endpoint.clock.advance(600_000);
    endpoint.source.failWith(new SourceTimeoutError('late'));

    expect(await endpoint.ask('GetItem', thing('a'))).toBe(`{"Item":${itemJson('a')}}`);
  });

  it('forwards every read before the first invocation', async () => {
    const endpoint = serveEndpoint(async () => ({ json: '{"Item":{}}' }), {}, { awaitsInvocation: true });

    expect(await endpoint.ask('GetItem', thing('a'))).toBe('{"Item":{}}');
    expect(await endpoint.ask('BatchGetItem', { RequestItems: { Things: { Keys: [thing('a').Key] } } })).toBe(
      '{"Item":{}}',
    );
  });

  it('makes its own upstream call for a consumed-capacity report, caches the item, and reports zero units for later hits', async () => {
    const endpoint = serveEndpoint(async () => ({
      json: `{"ConsumedCapacity":{"CapacityUnits":0.5},"Item":${itemJson('a')}}`,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-requestid': 'R',
        'x-amz-crc32': '1',
        'content-length': '2',
      },
    }));
    const request = { ...thing('a'), ReturnConsumedCapacity: 'TOTAL', ProjectionExpression: 'v' };

    expect(await endpoint.execute('GetItem', request)).toEqual({
      status: 200,
      headers: { 'x-amzn-requestid': 'R' },
      body: new TextEncoder().encode('{"Item":{"v":{"N":"1.0"}},"ConsumedCapacity":{"CapacityUnits":0.5}}'),
    });
    expect(JSON.parse(endpoint.passed[0]?.body ?? '')).toEqual({
      ...thing('a'),
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(await endpoint.ask('GetItem', request)).toBe(
      '{"Item":{"v":{"N":"1.0"}},"ConsumedCapacity":{"CapacityUnits":0,"TableName":"Things"}}',
    );
    expect(await endpoint.ask('GetItem', thing('a'))).toBe(`{"Item":${itemJson('a')}}`);
    expect(endpoint.passed).toHaveLength(1);
  });

  it('reports the consumed capacity of a table under the ARN by which it is requested', async () => {
    const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Things';
    const consumed = (units: number) => `"ConsumedCapacity":{"CapacityUnits":${units},"TableName":"${arn}"}`;
    const endpoint = serveEndpoint(async () => ({ json: `{"Item":${itemJson('a')},${consumed(0.5)}}` }), {
      arn,
      account: '123456789012',
    });
    const request = { ...thing('a'), TableName: arn, ReturnConsumedCapacity: 'TOTAL' };

    expect(await endpoint.ask('GetItem', request)).toBe(`{"Item":${itemJson('a')},${consumed(0.5)}}`);
    expect(await endpoint.ask('GetItem', request)).toBe(`{"Item":${itemJson('a')},${consumed(0)}}`);
    expect(endpoint.passed).toHaveLength(1);
  });

  it('reads consistently from a table with consistent reads', async () => {
    const endpoint = serveEndpoint(async () => ({ json: `{"Item":${itemJson('a')}}` }), {
      consistentRead: true,
    });
    await endpoint.ask('GetItem', { ...thing('a'), ReturnConsumedCapacity: 'TOTAL' });

    expect(JSON.parse(endpoint.passed[0]?.body ?? '')).toMatchObject({ ConsistentRead: true });
  });

  it('reads a recently written key consistently if a capacity report is requested', async () => {
    const endpoint = serveEndpoint(async () => ({ json: '{"ConsumedCapacity":{}}' }));
    await endpoint.ask('DeleteItem', thing('a'));
    await endpoint.ask('GetItem', { ...thing('a'), ReturnConsumedCapacity: 'TOTAL' });
    await endpoint.ask('GetItem', { ...thing('b'), ReturnConsumedCapacity: 'TOTAL' });

    const consistent = endpoint.passed.slice(1).map(({ body }) => JSON.parse(body).ConsistentRead);
    expect(consistent).toEqual([true, undefined]);
  });

  it('reads only the requested attributes if DynamoDB denies access to all of them', async () => {
    const json = '{"Item":{"v":{"N":"1.0"}},"ConsumedCapacity":{"CapacityUnits":0.5}}';
    const endpoint = serveEndpoint(async ({ body }) =>
      body.includes('ProjectionExpression') ? { json } : { status: 400, json: DENIED },
    );
    const request = { ...thing('a'), ProjectionExpression: 'v', ReturnConsumedCapacity: 'TOTAL' };

    expect(await endpoint.ask('GetItem', request)).toBe(json);
    expect(JSON.parse(endpoint.passed[1]?.body ?? '')).toEqual(request);
    expect(endpoint.store.get(endpoint.keyOf('a'))).toBeUndefined();
  });

  it('returns a denial of access if all attributes are requested', async () => {
    const endpoint = serveEndpoint(async () => ({ status: 400, json: DENIED }));

    expect(await endpoint.ask('GetItem', { ...thing('a'), ReturnConsumedCapacity: 'TOTAL' })).toBe(DENIED);
    expect(endpoint.passed).toHaveLength(1);
  });

  it('caches an absence whose answer was only a capacity report', async () => {
    const endpoint = serveEndpoint(async () => ({ json: '{"ConsumedCapacity":{"CapacityUnits":0.5}}' }));

    expect(await endpoint.ask('GetItem', { ...thing('a'), ReturnConsumedCapacity: 'TOTAL' })).toBe(
      '{"ConsumedCapacity":{"CapacityUnits":0.5}}',
    );
    expect(await endpoint.ask('GetItem', thing('a'))).toBe('{}');
    expect(endpoint.source.calls).toEqual([]);
  });

  it('returns an item that it cannot parse with its report, without caching it', async () => {
    const odd = '"Item":{"id":{"S":"a"},"v":{"ODD":1}},"ConsumedCapacity":{}';
    const endpoint = serveEndpoint(async () => ({ json: `{${odd}}` }));

    expect(await endpoint.ask('GetItem', { ...thing('a'), ReturnConsumedCapacity: 'TOTAL' })).toBe(
      `{${odd}}`,
    );
    expect(endpoint.store.get(endpoint.keyOf('a'))).toBeUndefined();
  });

  it.each([
    ['has the item of another key', { json: `{"Item":${itemJson('b')},"ConsumedCapacity":{}}` }],
    ['has an item without its key', { json: '{"Item":{"v":{"N":"1"}},"ConsumedCapacity":{}}' }],
    ['has neither an item nor a report', { json: '{"status":"ok"}' }],
    [
      'has another content type',
      { json: `{"Item":${itemJson('a')}}`, headers: { 'content-type': 'text/html' } },
    ],
  ])('rejects, discards and does not cache an answer with a report that %s', async (_, given) => {
    let discarded = 0;
    const discard = () => {
      discarded += 1;
    };
    const endpoint = serveEndpoint(async () => ({ ...given, discard }));

    await expect(
      endpoint.ask('GetItem', { ...thing('a'), ReturnConsumedCapacity: 'TOTAL' }),
    ).rejects.toBeInstanceOf(SourceUnavailableError);
    expect(discarded).toBe(1);
    expect(endpoint.store.usage().entries).toBe(0);
  });

  describe('with a report, of an item that is too large to be read', () => {
    const counted = { ...thing('a'), ReturnConsumedCapacity: 'TOTAL' };
    const heavy = `{"Item":{"id":{"S":"a"},"l":{"L":[${Array(30_000).fill('{"N":"1"}').join(',')}]}}}`;
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'content-length': '1048577' };
    /** Streams an item of more than 1 MiB; counts the streams that are closed. */
    const streaming = () => {
      let closed = 0;
      const stream = async function* () {
        try {
          for (;;) yield new Uint8Array(1);
        } finally {
          closed += 1;
        }
      };
      return { answer: async () => ({ body: stream(), headers }), closed: () => closed };
    };

    it('returns an answer with many values unchanged, and does not cache it', async () => {
      const endpoint = serveEndpoint(async () => ({ json: heavy }));

      expect(await endpoint.ask('GetItem', counted)).toBe(heavy);
      expect(endpoint.passed).toHaveLength(1);
      expect(endpoint.store.usage().entries).toBe(0);
    });

    it('returns a large answer as a stream', async () => {
      const { answer, closed } = streaming();
      const endpoint = serveEndpoint(answer);

      const { body } = await endpoint.execute('GetItem', counted);
      expect(Symbol.asyncIterator in body).toBe(true);
      expect(endpoint.passed).toHaveLength(1);
      expect(closed()).toBe(0);
    });

    const projected = { ...counted, ProjectionExpression: 'v' };
    it.each([
      ['a request for some attributes', projected, {}, projected],
      ['a table with fields', { ...counted, ProjectionExpression: 'id' }, { fields: ['id'] }, undefined],
      [
        'a table with consistent reads',
        projected,
        { consistentRead: true },
        { ...projected, ConsistentRead: true },
      ],
    ])('forwards %s, because DynamoDB makes the answer small', async (_, request, spec, forwarded) => {
      const { answer, closed } = streaming();
      for (const first of [async () => ({ json: heavy }), answer]) {
        const answers = [first, async () => ({ json: '{"Item":{}}' })];
        const endpoint = serveEndpoint(async () => (await answers.shift()?.()) ?? {}, spec);

        expect(await endpoint.ask('GetItem', request)).toBe('{"Item":{}}');
        expect(endpoint.passed.slice(1).map(({ body }) => JSON.parse(body))).toEqual([forwarded ?? request]);
        expect(endpoint.store.usage().entries).toBe(0);
      }
      expect(closed()).toBe(1);
    });
  });

  it('returns an error instead of a report', async () => {
    const endpoint = serveEndpoint(async () => ({ status: 400, json: '{"__type":"x"}' }));

    expect(await endpoint.ask('GetItem', { ...thing('a'), ReturnConsumedCapacity: 'TOTAL' })).toBe(
      '{"__type":"x"}',
    );
    expect(endpoint.store.get(endpoint.keyOf('a'))).toBeUndefined();
  });
});
