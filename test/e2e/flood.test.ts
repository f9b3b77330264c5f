import { afterEach, expect, it } from '@jest/globals';
import { IS_STANDALONE } from '../support/e2e/program.ts';
import { FloodedProgram } from '../support/flood/flooded-program.ts';
import { mixedSizes, ScriptedItems } from '../support/flood/scripted-items.ts';

/** `npm run flood` asks for everything, a thorough run for a part of it. */
const isWhole = process.env.FLOOD === 'whole';
const [BOUNDS, MADE_UP] = isWhole ? [10, 1_000_000] : [4, 8_000];
const LONG = isWhole ? 25_000 : 5_000;
const TIMEOUT_MS = isWhole ? 1_800_000 : 90_000;
const MIB = 1_048_576;
const BOUND = 32 * MIB;
/** Twice the bound; with Bun, which collects garbage with less haste, three times. */
const MOST_GROWTH = BOUND * (IS_STANDALONE ? 3 : 2);

let source: ScriptedItems;
let program: FloodedProgram;

afterEach(async () => {
  expect(program.isAlive).toBe(true);
  await program.close();
  await source.close();
});

const start = async (sizeOf: (number: number) => number, env: Readonly<Record<string, string>>) => {
  source = await ScriptedItems.start(sizeOf);
  program = await FloodedProgram.start(source.endpoint, env);
};

/** Ids of items until together they have so many bytes. */
function* itemsOf(bytes: number): Generator<string> {
  let offered = 0;
  for (let number = 0; offered < bytes; number += 1) {
    offered += mixedSizes(number);
    yield `item-${number}`;
  }
}

it(
  `grows by less than it may when ${BOUNDS} times the bound is offered`,
  async () => {
    await start(mixedSizes, { CACHE_EXTENSION_MAX_BYTES: String(BOUND) });
    const emptyBytes = await program.residentBytes();
    const statuses = new Set<number>();

    await program.askAll(itemsOf(BOUNDS * BOUND), (_, { status }) => statuses.add(status));
    const grownBytes = (await program.residentBytes()) - emptyBytes;

    expect([...statuses]).toEqual([200]);
    const { store } = await program.status();
    expect(store.bytes).toBeGreaterThan(0.8 * BOUND);
    expect(store.bytes).toBeLessThanOrEqual(BOUND);
    expect(grownBytes).toBeLessThan(MOST_GROWTH);
  },
  TIMEOUT_MS,
);

it(
  'keeps of a made-up key no more than the key, however long the request',
  async () => {
    await start(mixedSizes, {
      CACHE_EXTENSION_MAX_BYTES: String(BOUND),
      CACHE_EXTENSION_MAX_ABSENCE_BYTES: String(BOUND / 2),
      CACHE_EXTENSION_NEGATIVE_TTL: '1h',
    });
    const emptyBytes = await program.residentBytes();
    const ids = Array.from({ length: LONG }, (_, number) => `nobody-of-this-name-${number}`);

    await program.askAll(ids, () => undefined, '&'.repeat(15_000));

    expect((await program.status()).store.entries).toBeGreaterThan(LONG * 0.95);
    expect((await program.residentBytes()) - emptyBytes).toBeLessThan(MOST_GROWTH);
  },
  TIMEOUT_MS,
);

it(
  `answers more than nine in ten reads of the hottest tenth from memory while ${MADE_UP} made-up keys are asked for`,
  async () => {
    await start(() => 1_000, { CACHE_EXTENSION_MAX_BYTES: String(2 * MIB) });
    const items = Array.from({ length: 900 }, (_, number) => `item-${number}`);
    await program.askAll(items, () => undefined);
    const hot = items.slice(0, items.length / 10);
    const madeUpForOneHot = 40;
    const outcomes = { hits: 0, misses: 0 };

    // So seldom that without a share of their own for absences, the hot items would be out before they are read again.
    const ids = function* () {
      for (let number = 0; number < MADE_UP; number += 1) {
        yield `nobody-of-this-name-${number}`;
        if (number % madeUpForOneHot === 0) yield String(hot[(number / madeUpForOneHot) % hot.length]);
      }
    };
    await program.askAll(ids(), (id, { cacheStatus }) => {
      if (id.startsWith('nobody')) return;
      outcomes[cacheStatus.includes('; hit') ? 'hits' : 'misses'] += 1;
    });

    expect(outcomes.hits + outcomes.misses).toBe(MADE_UP / madeUpForOneHot);
    expect(outcomes.hits / (outcomes.hits + outcomes.misses)).toBeGreaterThan(0.9);
  },
  TIMEOUT_MS,
);
