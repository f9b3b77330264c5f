import { describe, expect, it } from '@jest/globals';
import { SourceConnectionError, SourceRefusedError } from '../../../src/domain/cache/errors.ts';
import type { WireAnswer } from '../../../src/ports/inbound/wire-operations.ts';
import { watch } from '../../support/application/create-application.ts';
import { itemJson, type Script, serveEndpoint, thing } from '../../support/application/served-endpoint.ts';

const batch = (...ids: readonly string[]) => ({
  RequestItems: { Things: { Keys: ids.map((id) => thing(id).Key) } },
});
const WITH_REPORT = { ...thing('a'), ReturnConsumedCapacity: 'TOTAL' };
const HOUR_MS = 3_600_000;

/** The endpoint one hour after it cached `ids`; from now on, DynamoDB follows `script`. */
const endpointWithStale = async (script: Script, ...ids: readonly string[]) => {
  let isOut = false;
  const items = ids.map((id) => itemJson(id)).join();
  const endpoint = serveEndpoint(async (passed) =>
    isOut ? script(passed) : { json: `{"Responses":{"Things":[${items}]},"UnprocessedKeys":{}}` },
  );
  await endpoint.ask('BatchGetItem', batch(...ids, 'absent'));
  await endpoint.clock.advance(HOUR_MS);
  isOut = true;
  return endpoint;
};

const outOfReach: Script = () => Promise.reject(new SourceConnectionError('no route'));
const unwell: Script = async () => ({ status: 500, json: '{"__type":"InternalServerError"}' });

describe('reads at the endpoint during a transient failure of DynamoDB', () => {
  it.each([
    ['cannot be reached', outOfReach],
    ['says that it is unwell', unwell],
    ['is behind a proxy that answers 407', async () => ({ status: 407, json: '<html>' })],
  ])('are stale hits if it %s', async (_, script) => {
    const endpoint = await endpointWithStale(script, 'a', 'b');

    expect(await endpoint.ask('BatchGetItem', batch('a', 'b'))).toBe(
      `{"Responses":{"Things":[${itemJson('a')},${itemJson('b')}]},"UnprocessedKeys":{}}`,
    );
    expect(JSON.parse(await endpoint.ask('GetItem', WITH_REPORT))).toEqual({
      Item: JSON.parse(itemJson('a')),
      ConsumedCapacity: { TableName: 'Things', CapacityUnits: 0 },
    });
    expect(endpoint.status.status().counts.staleHits).toBe(3);
    expect(endpoint.passed).toHaveLength(3);
  });

  it('count no stale hit if a batch fails because one of its items is not cached', async () => {
    const endpoint = await endpointWithStale(unwell, 'a');
    await endpoint.ask('BatchGetItem', batch('a', 'other'));

    expect(endpoint.status.status().counts.staleHits).toBe(0);
  });

  it('are answered with fresh and stale entries together', async () => {
    const endpoint = await endpointWithStale(unwell, 'a');
    endpoint.put('fresh');
    await endpoint.ask('GetItem', thing('fresh'));

    expect(await endpoint.ask('BatchGetItem', batch('a', 'fresh'))).toBe(
      `{"Responses":{"Things":[${itemJson('fresh')},${itemJson('a')}]},"UnprocessedKeys":{}}`,
    );
  });

  it('treat an answer that ends early as a failure', async () => {
    const body = (async function* () {
      yield new Uint8Array(1);
      throw new SourceConnectionError('broke off');
    })();
    const endpoint = await endpointWithStale(async () => ({ body }) satisfies Partial<WireAnswer>, 'a');

    expect(await endpoint.ask('BatchGetItem', batch('a'))).toContain(itemJson('a'));
  });

  it('read the failure to its end, so that the connection can be reused', async () => {
    let isRead = false;
    const body = (async function* () {
      yield new Uint8Array(1);
      isRead = true;
    })();
    const endpoint = await endpointWithStale(async () => ({ status: 503, body }), 'a');
    await endpoint.ask('BatchGetItem', batch('a'));

    expect(isRead).toBe(true);
  });

  it('are answered once if the failure itself ends early', async () => {
    const body = (async function* () {
      yield new Uint8Array(1);
      throw new SourceConnectionError('broke off');
    })();
    const endpoint = await endpointWithStale(async () => ({ status: 503, body }), 'a');

    expect(await endpoint.ask('BatchGetItem', batch('a'))).toContain(itemJson('a'));
    expect(endpoint.status.status().counts.staleHits).toBe(1);
  });

  it("return DynamoDB's error if one of the items is not cached", async () => {
    const endpoint = await endpointWithStale(unwell, 'a');

    expect(await endpoint.execute('BatchGetItem', batch('a', 'never-seen'))).toMatchObject({ status: 500 });
    expect(await endpoint.execute('GetItem', { ...WITH_REPORT, ...thing('never-seen') })).toMatchObject({
      status: 500,
    });
  });

  it('fail with the connection error if one of the items is not cached', async () => {
    const endpoint = await endpointWithStale(outOfReach, 'a');

    await expect(endpoint.ask('BatchGetItem', batch('a', 'never-seen'))).rejects.toThrow('no route');
  });

  it('return an error that is not transient instead of a stale hit', async () => {
    const refusing: Script = () => Promise.reject(new SourceRefusedError('no permission'));
    const endpoint = await endpointWithStale(refusing, 'a');

    await expect(endpoint.ask('BatchGetItem', batch('a'))).rejects.toThrow('no permission');
    await expect(endpoint.ask('GetItem', WITH_REPORT)).rejects.toThrow('no permission');
  });

  it('return throttling to the client', async () => {
    const slowDown: Script = async () => ({ status: 400, json: '{"__type":"ThrottlingException"}' });
    const endpoint = await endpointWithStale(slowDown, 'a');

    expect(await endpoint.execute('BatchGetItem', batch('a'))).toMatchObject({ status: 400 });
  });
});

describe('reads at the endpoint while DynamoDB does not respond', () => {
  const silent: Script = () => new Promise(() => undefined);
  const STALE_A = `{"Responses":{"Things":[${itemJson('a')}]},"UnprocessedKeys":{}}`;

  /** One read after another that DynamoDB does not answer in time. */
  const timeOut = async (endpoint: Awaited<ReturnType<typeof endpointWithStale>>, times: number) => {
    for (let count = 0; count < times; count += 1) {
      const asked = endpoint.ask('BatchGetItem', batch('a'));
      await endpoint.clock.advance(2_000);
      await asked;
    }
  };

  /** DynamoDB does not respond, and then all connections break. */
  const losesConnections = () => {
    const failures: (() => void)[] = [];
    const lost: Script = () =>
      new Promise((_, reject) => failures.push(() => reject(new SourceConnectionError('broke off'))));
    const breakOff = () => {
      for (const fail of failures) fail();
    };
    return { lost, breakOff };
  };

  it.each([
    ['BatchGetItem', batch('a')],
    ['GetItem', WITH_REPORT],
  ])('answer %s with the stale item after the time-out', async (operation, request) => {
    const endpoint = await endpointWithStale(silent, 'a');
    const asked = endpoint.ask(operation, request);
    const state = watch(asked);
    await endpoint.clock.advance(1_999);
    expect(state.state()).toBe('pending');
    await endpoint.clock.advance(1);

    expect(await asked).toContain('"id":{"S":"a"}');
  });

  it('answer before the invocation ends', async () => {
    const endpoint = await endpointWithStale(silent, 'a');
    endpoint.invocation.begin(endpoint.clock.now() + 700);
    const asked = endpoint.ask('BatchGetItem', batch('a'));
    await endpoint.clock.advance(600);

    expect(await asked).toBe(STALE_A);
  });

  it('wait for DynamoDB if they overtake the event of their invocation at the end of the one before', async () => {
    const endpoint = await endpointWithStale(silent, 'a');
    endpoint.invocation.begin(endpoint.clock.now() + 100);
    endpoint.clock.after(0, () => endpoint.invocation.begin(endpoint.clock.now() + 3_000));
    const asked = watch(Promise.resolve(endpoint.ask('BatchGetItem', batch('a'))));
    await endpoint.clock.advance(1_999);

    expect(asked.state()).toBe('pending');
  });

  it('wait on for an item that is not cached, as without the extension', async () => {
    const endpoint = await endpointWithStale(silent, 'a');
    const asked = watch(Promise.resolve(endpoint.ask('BatchGetItem', batch('a', 'never-seen'))));
    await endpoint.clock.advance(59_000);

    expect(asked.state()).toBe('pending');
  });

  it('answer at once after three time-outs, but for one probe a second', async () => {
    const endpoint = await endpointWithStale(silent, 'a');
    await timeOut(endpoint, 3);
    const { length } = endpoint.passed;
    expect(await endpoint.ask('BatchGetItem', batch('a'))).toBe(STALE_A);
    expect(endpoint.passed).toHaveLength(length);

    // One after another, as most functions do.
    for (let count = 1; count <= 3; count += 1) {
      await endpoint.clock.advance(1_000);
      expect(await endpoint.ask('BatchGetItem', batch('a'))).toBe(STALE_A);
      expect(endpoint.passed).toHaveLength(length + count);
    }
  });

  it.each([
    ['failure', { status: 503 }],
    ['large answer', { headers: { 'content-length': '2000000' } }],
  ])('read a %s that comes late to its end, so that the connection can be reused', async (_, late) => {
    let isRead = false;
    const body = (async function* () {
      yield new Uint8Array(1);
      isRead = true;
    })();
    let answer: () => void = () => undefined;
    const held: Script = () =>
      new Promise((resolve) => {
        answer = () => resolve({ ...late, body });
      });
    const endpoint = await endpointWithStale(held, 'a');
    await timeOut(endpoint, 1);
    answer();
    await endpoint.clock.advance(0);

    expect(isRead).toBe(true);
    expect(endpoint.status.status().counts.staleHits).toBe(1);
  });

  it('count a call once, although it fails long after its time-out', async () => {
    const { lost, breakOff } = losesConnections();
    const endpoint = await endpointWithStale(lost, 'a');
    await timeOut(endpoint, 2);
    const { length } = endpoint.passed;
    breakOff();
    await endpoint.clock.advance(0);
    void endpoint.ask('BatchGetItem', batch('a'));

    expect(endpoint.passed).toHaveLength(length + 1);
    expect(endpoint.status.status().counts.staleHits).toBe(2);
  });

  it('count no call that a freeze has broken', async () => {
    const { lost, breakOff } = losesConnections();
    const endpoint = await endpointWithStale(lost, 'a');
    for (let count = 0; count < 3; count += 1) void endpoint.ask('BatchGetItem', batch('a'));
    await endpoint.clock.advance(0);
    endpoint.clock.freeze(60_000);
    breakOff();
    await endpoint.clock.advance(0);
    const { length } = endpoint.passed;
    void endpoint.ask('BatchGetItem', batch('a'));

    expect(endpoint.passed).toHaveLength(length + 1);
  });

  it('forward again as soon as a late answer has arrived', async () => {
    const answers: (() => void)[] = [];
    const json = `{"Responses":{"Things":[${itemJson('a')}]},"UnprocessedKeys":{}}`;
    const late: Script = () => new Promise((resolve) => answers.push(() => resolve({ json })));
    const endpoint = await endpointWithStale(late, 'a');
    for (let count = 0; count < 3; count += 1) {
      const asked = endpoint.ask('BatchGetItem', batch('a', 'never-seen'));
      void endpoint.ask('BatchGetItem', batch('a'));
      await endpoint.clock.advance(2_000);
      asked.catch(() => undefined);
    }
    const { length } = endpoint.passed;
    for (const answer of answers) answer();
    await endpoint.clock.advance(0);
    await endpoint.clock.advance(HOUR_MS);
    void endpoint.ask('BatchGetItem', batch('a'));
    void endpoint.ask('BatchGetItem', batch('a'));

    expect(endpoint.passed).toHaveLength(length + 2);
  });

  it('fail at once for an item that is not cached while the circuit is open', async () => {
    const endpoint = await endpointWithStale(silent, 'a');
    await timeOut(endpoint, 3);
    const { length } = endpoint.passed;

    await expect(endpoint.ask('GetItem', thing('never-seen'))).rejects.toMatchObject({
      name: 'NotForwardedError',
      message: 'the source did not answer several times in a row; it is probed once a second',
    });
    expect(endpoint.passed).toHaveLength(length);
  });
});
