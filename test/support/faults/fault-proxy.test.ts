import { once } from 'node:events';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Gate } from '../fakes/gate.ts';
import { exchange, type HttpAnswer } from '../http/exchange.ts';
import { answering, ScriptedServer } from '../http/scripted-server.ts';
import { FaultProxy } from './fault-proxy.ts';
import { delayUntil, FAULTS, type FaultName } from './faults.ts';

const BODY = JSON.stringify({ Item: { id: { S: 'x'.repeat(100) } } });

let dynamodb: ScriptedServer;
let proxy: FaultProxy;

beforeEach(async () => {
  dynamodb = await ScriptedServer.start(answering(200, BODY, { 'x-amz-crc32': '1' }));
  proxy = await FaultProxy.inFrontOf(dynamodb.url);
});

afterEach(async () => {
  await proxy.close();
  await dynamodb.close();
});

/** Makes one call over a connection of its own. */
const call = (operation: string, input: unknown = {}, signal?: AbortSignal): Promise<HttpAnswer> =>
  exchange(proxy.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': `DynamoDB_20120810.${operation}` },
    body: JSON.stringify(input),
    ...(signal === undefined ? {} : { signal }),
  });

const getItem = (id: string) => call('GetItem', { TableName: 'T', Key: { id: { S: id } } });

it('what no fault befalls is answered by DynamoDB', async () => {
  const { status, headers, body } = await getItem('a');

  expect({ status, text: body, crc: headers['x-amz-crc32'] }).toEqual({
    status: 200,
    text: BODY,
    crc: '1',
  });
});

describe('a fault', () => {
  const first = (fault: FaultName) => proxy.inject({ fault: FAULTS[fault] });

  it.each(['reset', 'reset-midway', 'truncate'] as const)(
    '%s costs the client its connection',
    async (name) => {
      first(name);

      await expect(getItem('a')).rejects.toMatchObject({ code: 'ECONNRESET' });
    },
  );

  it('noise is no HTTP', async () => {
    first('noise');

    await expect(getItem('a')).rejects.toMatchObject({ code: expect.stringMatching(/^HPE_/) });
  });

  it.each(['hang', 'stall'] as const)('%s leaves the client waiting', async (name) => {
    first(name);
    const givenUp = new AbortController();
    const waiting = call('GetItem', {}, givenUp.signal);
    await proxy.arrived(1);
    if (name === 'hang') expect(dynamodb.received).toHaveLength(0);

    givenUp.abort();

    await expect(waiting).rejects.toThrow(/abort/);
  });

  it('cut sends half of the answer as if it were all', async () => {
    first('cut');

    expect((await getItem('a')).body).toBe(BODY.slice(0, BODY.length / 2));
  });

  it('gzip packs the answer', async () => {
    first('gzip');
    const { headers, bytes } = await getItem('a');

    expect(headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(bytes).toString()).toBe(BODY);
  });

  it.each([
    ['throttle', 400, 'ProvisionedThroughputExceededException'],
    ['throttling', 400, 'ThrottlingException'],
    ['request-limit', 400, 'RequestLimitExceeded'],
    ['access-denied', 400, 'AccessDeniedException'],
    [500, 500, 'InternalServerError'],
    [503, 503, 'ServiceUnavailable'],
  ] as const)('%s is told in the words of DynamoDB', async (name, status, exception) => {
    first(name);
    const answer = await getItem('a');

    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).__type).toBe(`com.amazonaws.dynamodb.v20120810#${exception}`);
    expect(dynamodb.received).toHaveLength(0);
  });

  it('delay lets the request pass when it is released', async () => {
    const gate = new Gate();
    proxy.inject({ fault: delayUntil((gone) => gate.pass(gone)) });
    const waiting = getItem('a');
    await gate.arrived(1);
    expect(dynamodb.received).toHaveLength(0);

    gate.open();

    expect((await waiting).status).toBe(200);
  });

  it('an answer that is held has been read already, and is released when the proxy is healed', async () => {
    const gate = proxy.holdAnswers('GetItem');
    const waiting = getItem('a');
    await gate.arrived(1);
    expect(dynamodb.received).toHaveLength(1);
    expect(proxy.waiting).toBe(1);

    proxy.heal();

    expect((await waiting).status).toBe(200);
    expect(proxy.waiting).toBe(0);
  });
});

describe('a rule', () => {
  const statusesOf = async (ids: readonly string[]): Promise<readonly number[]> => {
    const statuses: number[] = [];
    for (const id of ids) statuses.push((await getItem(id)).status);
    return statuses;
  };

  it('names an operation, or a key in whatever operation', async () => {
    proxy.inject({ fault: FAULTS[500], operation: 'Scan' });
    proxy.inject({ fault: FAULTS[503], key: 'b@@7' });
    const batch = { RequestItems: { T: { Keys: [{ h: { S: 'a' } }, { h: { S: 'b' }, s: { N: '7' } }] } } };

    expect((await getItem('a')).status).toBe(200);
    expect((await call('Scan')).status).toBe(500);
    expect((await call('BatchGetItem', batch)).status).toBe(503);
  });

  it('spares the first ones, and befalls so many after them', async () => {
    proxy.inject({ fault: FAULTS[500], after: 1, times: 2 });

    expect(await statusesOf(['a', 'b', 'c', 'd'])).toEqual([200, 500, 500, 200]);
  });

  it('asks a function', async () => {
    proxy.inject({ fault: FAULTS[500], when: ({ keys }) => keys.includes('b') });

    expect(await statusesOf(['a', 'b'])).toEqual([200, 500]);
  });

  it('counts before those that were there, until all are healed', async () => {
    proxy.inject({ fault: FAULTS[500] });
    proxy.inject({ fault: FAULTS[503], times: 1 });
    expect(await statusesOf(['a', 'b'])).toEqual([503, 500]);

    proxy.heal();

    expect(await statusesOf(['c'])).toEqual([200]);
  });
});

it('requests are counted by operation, with their keys and the times of their arrival', async () => {
  const startedAtMs = performance.now();
  await getItem('a');
  await getItem('b');
  await call('Scan');

  expect(proxy.count()).toBe(3);
  expect(proxy.count('GetItem')).toBe(2);
  expect(proxy.count(({ keys }) => keys.includes('b'))).toBe(1);
  expect(proxy.requests.map(({ keys }) => keys)).toEqual([['a'], ['b'], []]);
  const times = [startedAtMs, ...proxy.requests.map(({ arrivedAtMs }) => arrivedAtMs), performance.now()];
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(proxy.connections).toBe(3);

  proxy.forget();

  expect(proxy.count()).toBe(0);
});

it('a barrier opens when so many have come, not before', async () => {
  let open = false;
  const barrier = proxy.arrived(2, 'GetItem').then(() => {
    open = true;
  });
  await getItem('a');
  await call('Scan');
  expect(open).toBe(false);

  await getItem('b');

  await barrier;
  expect(open).toBe(true);
});

it('a proxy that is disconnected refuses connections, and is back at the same endpoint', async () => {
  const { endpoint } = proxy;
  await proxy.disconnect();
  await expect(getItem('a')).rejects.toMatchObject({ code: 'ECONNREFUSED' });

  await proxy.connect();

  expect(proxy.endpoint).toBe(endpoint);
  expect((await getItem('a')).status).toBe(200);
});

it('a client that goes away while its request is held up leaves nothing behind', async () => {
  const gate = new Gate();
  let gone: AbortSignal | undefined;
  proxy.inject({
    fault: delayUntil((signal) => {
      gone = signal;
      return gate.pass(signal);
    }),
  });
  const givenUp = new AbortController();
  const waiting = call('GetItem', {}, givenUp.signal).catch(() => 'gone');
  await gate.arrived(1);

  givenUp.abort();
  expect(await waiting).toBe('gone');
  if (gone?.aborted === false) await once(gone, 'abort');

  expect(dynamodb.received).toHaveLength(0);
});
