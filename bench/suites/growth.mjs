import { Extension } from '../subjects/extension.mjs';
import { startGenerator, startScriptedDynamoDb } from '../subjects/programs.mjs';
import { tableOf, targetOf } from '../subjects/sample-items.mjs';

const BYTES = 100;
const COUNTS = [100, 1_000, 10_000, 100_000, 1_000_000];
const ASKED = 1000;
const WARM_UP_MS = 1500;
const PHASE_MS = 1000;

/** Measures whether more entries slow down a hit, or the preload of one item. */
export const growth = {
  name: 'growth',
  title: `Growth: from a hundred entries of ${BYTES} B to a million`,
  metrics: { p50Us: 'hit, p50, µs', p99Us: 'p99, µs', preloadUs: 'preload per item, µs' },

  async run({ rounds, layers }) {
    const upstream = await startScriptedDynamoDb();
    const generator = startGenerator();
    const samples = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        for (const count of COUNTS) {
          const values = await measure(count, await layers.commandOf('node'), upstream.endpoint, generator);
          samples.push({ round, case: `${count.toLocaleString('en-GB')} items`, contender: 'node', values });
        }
      }
    } finally {
      await Promise.all([generator, upstream.child].map((child) => child.stop()));
    }
    return { samples };
  },
};

const measure = async (count, how, endpoint, generator) => {
  const table = tableOf(BYTES, count);
  const extension = await Extension.start({
    ...how,
    endpoint,
    tables: [table],
    settings: {
      CACHE_EXTENSION_INIT_STARTUP: 'true',
      CACHE_EXTENSION_PRELOAD_TIMEOUT: '120s',
      CACHE_EXTENSION_LOG_LEVEL: 'info',
      CACHE_EXTENSION_MAX_BYTES: String(2 ** 31),
    },
  });
  try {
    const { store } = await extension.health();
    if (store.entries !== count)
      throw new Error(`the store holds ${store.entries} entries; expected ${count}`);
    // Spread over all entries.
    const asked = Math.min(count, ASKED);
    const targets = Array.from({ length: asked }, (_, turn) =>
      targetOf(table, Math.floor((turn * count) / asked)),
    );
    const job = { port: extension.port, targets, connections: 1, kept: true };
    await generator.ask({ ...job, ms: WARM_UP_MS });
    const { p50Us, p99Us } = await generator.ask({ ...job, ms: PHASE_MS });
    return { p50Us, p99Us, preloadUs: (extension.preloadMs * 1000) / count };
  } finally {
    await extension.stop();
  }
};
