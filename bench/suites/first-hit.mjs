import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ITEM_BYTES, layerStart, rivalStart } from '../start/contenders.mjs';
import { TimedExtensionsApi } from '../start/extensions-api.mjs';
import { measureFirstHit } from '../start/measure.mjs';
import { startScriptedDynamoDb } from '../subjects/programs.mjs';
import { tableOf, targetOf } from '../subjects/sample-items.mjs';
import { rotated } from './rotated.mjs';

/** Starts per round. */
const STARTS = 3;
/** With 0 nothing is preloaded: the first answer is a miss. */
const COUNTS = [0, 1_000];
const titleOf = (count) =>
  count === 0 ? 'without preload' : `${count.toLocaleString('en-GB')} items preloaded`;
/** An item in the middle of the table. */
const targetIn = (count) => targetOf(tableOf(ITEM_BYTES, Math.max(1, count)), Math.floor(count / 2));

/** Measures how soon after its start an extension answers a request that is sent at once. */
export const firstHit = {
  name: 'first-hit',
  title: `First answer after a start, with items of ${ITEM_BYTES} B`,
  metrics: { acceptedMs: 'port accepts, ms', firstMs: 'first 200, ms', readyMs: 'ready, ms' },

  async run({ rounds, layers, rival }) {
    const api = new TimedExtensionsApi();
    const folder = mkdtempSync(join(tmpdir(), 'bench-first-hit-'));
    const upstream = await startScriptedDynamoDb();
    const samples = [];
    try {
      await api.listen();
      const starts = [];
      for (const count of COUNTS) {
        const preload = { folder, endpoint: upstream.endpoint, count };
        for (const contender of ['node', 'standalone']) {
          const how = await layerStart({ ...(await layers.commandOf(contender)), ...preload });
          starts.push({ contender, how, count });
        }
        if (rival !== undefined)
          starts.push({ contender: 'rival', how: rivalStart({ ...rival, ...preload }), count });
      }
      // The first start of each contender is not counted: the file caches of the operating system are cold.
      for (let round = -1; round < rounds * STARTS; round += 1) {
        for (const { contender, how, count } of rotated(starts, Math.max(0, round))) {
          const values = await measureFirstHit(api, { ...how, target: targetIn(count) });
          if (round >= 0) samples.push({ round, case: titleOf(count), contender, values });
        }
      }
    } finally {
      api.close();
      await upstream.child.stop();
      rmSync(folder, { recursive: true });
    }
    return { samples };
  },
};
