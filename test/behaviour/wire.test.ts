import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { FaultProxy } from '../support/faults/fault-proxy.ts';
import { FAULTS } from '../support/faults/faults.ts';
import { ScriptedServer } from '../support/http/scripted-server.ts';
import { cellsOf } from './cells.ts';
import { inBrief } from './in-brief.ts';
import { TABLE } from './table.ts';
import { keysOf, OUTCOMES } from './vocabulary.ts';
import { WireOrigin } from './wire-origin.ts';
import { World } from './world.ts';

const CASES = cellsOf(TABLE, keysOf(OUTCOMES))
  .filter(({ directive }) => directive === 'no directive')
  .flatMap(({ situation, cacheState, row }) =>
    OUTCOMES[situation].map((fault) => [fault, cacheState, inBrief(row.answer), situation, row] as const),
  );

let dynamodb: ScriptedServer;
let proxy: FaultProxy;

beforeAll(async () => {
  useTestCredentials();
  dynamodb = await ScriptedServer.start();
  proxy = await FaultProxy.inFrontOf(dynamodb.url);
});

afterEach(() => proxy.heal());

afterAll(async () => {
  await proxy.close();
  await dynamodb.close();
});

it('the outcomes cover every fault of the proxy', () => {
  expect(Object.values(OUTCOMES).flat().map(String).sort()).toEqual(Object.keys(FAULTS).sort());
});

it.each(CASES)(
  'wire fault %s, cache holds %s: answers %s',
  async (fault, cacheState, _, outcome, { answer, asked, kept }) => {
    const origin = new WireOrigin(dynamodb, proxy);
    const world = new World(new FakeClock(), origin, { settings: { dynamoDbEndpoint: proxy.endpoint } });
    await world.fill(cacheState);
    proxy.inject({ fault: FAULTS[fault] });

    const seen = await world.answerTo(undefined, outcome === 'a time-out' ? 'times out' : 'completes');

    expect(seen).toEqual({ answer, asked });
    expect(world.kept()).toBe(kept);
    // If the date of the answer shows that the fake clock is wrong, the call is signed again with the right time.
    const calls = fault === 'bad-signature' ? [1, 2] : [1];
    expect(asked === 'no' ? [0] : calls).toContain(proxy.count('GetItem'));
  },
);
