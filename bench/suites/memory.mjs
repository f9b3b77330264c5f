import { setTimeout as delay } from 'node:timers/promises';
import { memoryOf } from '../machine/usage.mjs';
import { Extension } from '../subjects/extension.mjs';
import { startGenerator, startScriptedDynamoDb } from '../subjects/programs.mjs';
import { tableOf, targetOf } from '../subjects/sample-items.mjs';

const BYTES = 350;
const COUNTS = [0, 10_000, 100_000];
const MEGABYTE = 2 ** 20;
/** Long enough for the work after the last request to finish. */
const SETTLE_MS = 2000;

/** The names in requests, which are the part of a key that must be stored. */
const keyBytesOf = (count) =>
  Array.from({ length: count }, (_, id) => `${tableOf(BYTES, count)}@@${id}`.length).reduce(
    (sum, length) => sum + length,
    0,
  );

/** Measures the resident memory of entries after each was read once. */
export const memory = {
  name: 'memory',
  title: `Memory: items of ${BYTES} B`,
  metrics: {
    residentMb: 'resident, MB',
    growthMb: 'growth over the empty process, MB',
    perPayload: 'growth / bodies and keys',
    perEntry: 'bytes per entry',
  },

  async run({ rounds, layers }) {
    const upstream = await startScriptedDynamoDb();
    const generator = startGenerator();
    const samples = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        for (const contender of ['node', 'standalone']) {
          let empty = 0;
          for (const count of COUNTS) {
            const resident = await residentWith(
              count,
              await layers.commandOf(contender),
              upstream,
              generator,
            );
            if (count === 0) empty = resident;
            const growth = resident - empty;
            const values = { residentMb: resident / MEGABYTE };
            if (count > 0) {
              values.growthMb = growth / MEGABYTE;
              values.perPayload = growth / (BYTES * count + keyBytesOf(count));
              values.perEntry = growth / count;
            }
            samples.push({ round, case: `${count.toLocaleString('en-GB')} items`, contender, values });
          }
        }
      }
    } finally {
      await Promise.all([generator, upstream.child].map((child) => child.stop()));
    }
    return { samples };
  },
};

const residentWith = async (count, how, { endpoint }, generator) => {
  const table = tableOf(BYTES, count);
  const extension = await Extension.start({
    ...how,
    endpoint,
    tables: [table],
    settings: {
      CACHE_EXTENSION_INIT_STARTUP: 'true',
      CACHE_EXTENSION_PRELOAD_TIMEOUT: '60s',
      CACHE_EXTENSION_MAX_BYTES: String(512 * MEGABYTE),
    },
  });
  try {
    const targets = Array.from({ length: count }, (_, id) => targetOf(table, id));
    if (count > 0)
      await generator.ask({ port: extension.port, targets, connections: 1, each: true, kept: true });
    await delay(SETTLE_MS);
    const { store } = await extension.health();
    if (store.entries !== count)
      throw new Error(`the store holds ${store.entries} entries; expected ${count}`);
    return memoryOf(extension.pid).residentBytes;
  } finally {
    await extension.stop();
  }
};
