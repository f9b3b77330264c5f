import { describe, expect, it } from '@jest/globals';
import { itemJson, serveEndpoint, thing } from '../../support/application/served-endpoint.ts';

const keys = (...ids: readonly string[]) => ids.map((id) => thing(id).Key);
const batch = (...ids: readonly string[]) => ({ RequestItems: { Things: { Keys: keys(...ids) } } });
const askedKeys = (body: string): unknown => JSON.parse(body).RequestItems.Things.Keys;

describe('BatchGetItem at the endpoint', () => {
  it('answers from memory what is there, and asks for the rest in one call', async () => {
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

  it('keeps what it was told, absences included, and answers the next at once', async () => {
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

  it('never takes a key that was not got to for one without an item', async () => {
    const endpoint = serveEndpoint(async () => ({
      json: `{"Responses":{"Things":[]},"UnprocessedKeys":{"Things":{"Keys":[${JSON.stringify(thing('b').Key)}]}}}`,
    }));

    expect(JSON.parse(await endpoint.ask('BatchGetItem', batch('b'))).UnprocessedKeys).toEqual({
      Things: { Keys: keys('b') },
    });
    expect(endpoint.store.get(endpoint.keyOf('b'))).toBeUndefined();
  });

  it('learns nothing of a table that the answer passes over, nor of items with other keys', async () => {
    const answers = ['{"Responses":{}}', '{"Responses":{"Things":[{"x":{"S":"b"}}]}}'];
    const endpoint = serveEndpoint(async () => ({ json: answers.shift() ?? '' }));

    await endpoint.ask('BatchGetItem', batch('b'));
    await endpoint.ask('BatchGetItem', batch('b'));

    expect(endpoint.store.get(endpoint.keyOf('b'))).toBeUndefined();
  });

  it('asks consistently for what it keeps of a table all of whose reads are to be consistent', async () => {
    const endpoint = serveEndpoint(async () => ({ json: '{"Responses":{"Things":[]}}' }), {
      consistentRead: true,
    });
    await endpoint.ask('BatchGetItem', batch('b'));

    expect(JSON.parse(endpoint.passed[0]?.body ?? '').RequestItems.Things).toMatchObject({
      ConsistentRead: true,
    });
  });

  it('gives back the error of DynamoDB, whatever memory has', async () => {
    const endpoint = serveEndpoint(async () => ({ status: 400, json: '{"__type":"x"}' }));
    endpoint.put('a');
    await endpoint.ask('GetItem', thing('a'));

    expect(await endpoint.ask('BatchGetItem', batch('a', 'b'))).toBe('{"__type":"x"}');
    expect(endpoint.store.get(endpoint.keyOf('b'))).toBeUndefined();
  });

  it('passes on what is not plainly well-formed, byte for byte', async () => {
    const endpoint = serveEndpoint(async () => ({ json: '{}' }));
    const body = JSON.stringify(batch('a', 'a'));

    await endpoint.ask('BatchGetItem', body);

    expect(endpoint.passed).toEqual([{ operation: 'BatchGetItem', body }]);
  });

  it('does not keep what a write overtook', async () => {
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

  it('reads consistently what was written a moment ago', async () => {
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
