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
  .filter(({ wish }) => wish === 'nothing')
  .flatMap(({ situation, memory, row }) =>
    OUTCOMES[situation].map((fault) => [fault, memory, inBrief(row.answer), situation, row] as const),
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

it('every fault that the proxy knows has its outcome', () => {
  expect(Object.values(OUTCOMES).flat().map(String).sort()).toEqual(Object.keys(FAULTS).sort());
});

it.each(CASES)(
  'on the wire: %s, memory has %s: %s',
  async (fault, memory, _, outcome, { answer, asked, kept }) => {
    const origin = new WireOrigin(dynamodb, proxy);
    const world = new World(new FakeClock(), origin, { settings: { dynamoDbEndpoint: proxy.endpoint } });
    await world.remember(memory);
    proxy.inject({ fault: FAULTS[fault] });

    const seen = await world.answerTo(undefined, outcome === 'a time-out' ? 'times out' : 'goes on');

    expect(seen).toEqual({ answer, asked });
    expect(world.kept()).toBe(kept);
    expect(proxy.count('GetItem')).toBe(asked === 'no' ? 0 : 1);
  },
);
