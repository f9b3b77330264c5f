import { describe, expect, it } from '@jest/globals';
import { PLAIN, TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { WireAnswer } from '../../../src/ports/inbound/wire-operations.ts';
import { Chance } from '../../support/chance.ts';
import type { FakeClock } from '../../support/fakes/fake-clock.ts';
import { LAG_MS } from '../../support/read-your-writes/lagging-dynamodb.ts';
import { decode, encode, ModelWorld } from '../../support/read-your-writes/model-world.ts';

const KEY = { id: { S: 'i1' } };
const GET = { TableName: 'Items', Key: KEY };
const QUERY = {
  TableName: 'Items',
  KeyConditionExpression: 'id = :id',
  ExpressionAttributeValues: { ':id': KEY.id },
};
const YEAR_MS = 31_536_000_000;

const wall = (ms: number) => (clock: FakeClock) => clock.setWall(clock.now() + ms);
const monotonic = (ms: number) => (clock: FakeClock) => clock.stepMonotonic(ms);

const steps: readonly (readonly [string, (clock: FakeClock) => void])[] = [
  ['the wall clock steps 60 s forward', wall(60_000)],
  ['the wall clock steps 60 s back', wall(-60_000)],
  ['the wall clock steps a year forward', wall(YEAR_MS)],
  ['the wall clock steps a year back', wall(-YEAR_MS)],
  ['the monotonic clock steps 60 s forward', monotonic(60_000)],
  ['the monotonic clock steps 60 s back', monotonic(-60_000)],
  [
    'the wall clock steps forward and back',
    (clock) => {
      for (const step of [wall(60_000), wall(-60_000)]) step(clock);
    },
  ],
];

/** Nothing is lost, all takes equally long, and ordinary reads lag as far as they may. */
class SteadyChance extends Chance {
  override fraction(): number {
    return 0.999;
  }
}

/** The endpoint over a DynamoDB whose ordinary reads lag as far as they may, with version 1 of an item in it. */
const laggingEndpoint = async () => {
  const world = new ModelWorld(new SteadyChance(1));
  const { clock } = world;
  const passing = async <T>(promise: Promise<T>): Promise<T> => {
    let isOver = false;
    const settle = () => {
      isOver = true;
    };
    promise.then(settle, settle);
    for (; !isOver; ) await clock.advance(1);
    return promise;
  };
  const ask = async (operation: string, request: object): Promise<string> => {
    const { body } = await passing(sent(world, operation, request));
    const pieces: Uint8Array[] = [];
    if (body instanceof Uint8Array) pieces.push(body);
    else for await (const piece of body) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };
  const put = (v: string) => ask('PutItem', { TableName: 'Items', Item: { ...KEY, v: { N: v } } });
  const readPlain = async () => {
    const { reader } = world.cache;
    const key = world.configured.writeSetOf('Items')?.[0]?.keyIn(KEY);
    if (key === undefined) throw new Error('the table has another key');
    const result = await passing(
      Promise.resolve(reader.read(key, { contentType: PLAIN, freshness: { kind: 'any' } })),
    );
    return result.outcome === 'found' ? decode(result.body.bytes) : undefined;
  };
  await put('1');
  await clock.advance(20_000);
  return { world, clock, ask, put, readPlain };
};

const sent = async (world: ModelWorld, operation: string, request: object): Promise<WireAnswer> =>
  world.endpoint.execute({
    operation,
    headers: new Headers({ 'content-type': TYPED }),
    body: encode(request),
    signal: new AbortController().signal,
    caller: { region: 'eu-west-1' },
  });

describe.each(steps)('after a write through the endpoint, when %s', (_, step) => {
  it('GetItem returns the written item, then and from the cache', async () => {
    const { clock, ask, put } = await laggingEndpoint();
    await put('2');
    step(clock);

    expect(await ask('GetItem', GET)).toContain('"v":{"N":"2"}');
    await clock.advance(LAG_MS);
    expect(await ask('GetItem', GET)).toContain('"v":{"N":"2"}');
  });

  it('BatchGetItem returns the written item', async () => {
    const { clock, ask, put } = await laggingEndpoint();
    await put('2');
    step(clock);

    expect(await ask('BatchGetItem', { RequestItems: { Items: { Keys: [KEY] } } })).toContain('{"N":"2"}');
  });

  it('GET returns the written item', async () => {
    const { clock, put, readPlain } = await laggingEndpoint();
    await put('2');
    step(clock);

    expect(await readPlain()).toContain('"v":2');
  });

  it('the answer to a Query that may lag behind the write is not cached', async () => {
    const { clock, ask, put } = await laggingEndpoint();
    await put('2');
    step(clock);

    expect(await ask('Query', QUERY)).toContain('{"N":"1"}');
    await clock.advance(LAG_MS);
    expect(await ask('Query', QUERY)).toContain('{"N":"2"}');
  });

  it('an item is not cached while a write of unknown outcome may still be done', async () => {
    const { world, clock, ask } = await laggingEndpoint();
    world.cache.writes.begin([addressOf(world)]).end('unknown');
    step(clock);

    expect(await ask('GetItem', GET)).toContain('{"N":"1"}');
    world.tables.put('Items i1', { ...KEY, v: { N: '2' } });
    await clock.advance(LAG_MS);
    expect(await ask('GetItem', GET)).toContain('{"N":"2"}');
  });

  it('the item is cached again one window after the first read that follows the step', async () => {
    const { world, clock, ask } = await laggingEndpoint();
    world.cache.writes.begin([addressOf(world)]).end('unknown');
    step(clock);
    await ask('GetItem', GET);
    await clock.advance(10_000);
    await ask('GetItem', GET);
    world.tables.put('Items i1', { ...KEY, v: { N: '2' } });

    expect(await ask('GetItem', GET)).toContain('{"N":"1"}');
  });
});

const addressOf = ({ configured }: ModelWorld) => {
  const key = configured.writeSetOf('Items')?.[0]?.keyIn(KEY);
  if (key === undefined) throw new Error('the table has another key');
  return { group: key.group, key };
};
