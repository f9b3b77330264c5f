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
const COUNT = 1_000;
const TITLE = `${COUNT.toLocaleString('en-GB')} items preloaded`;
/** An item in the middle of the table. */
const TARGET = targetOf(tableOf(ITEM_BYTES, COUNT), COUNT / 2);

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
      const preload = { folder, endpoint: upstream.endpoint, count: COUNT };
      const starts = [];
      for (const contender of ['node', 'standalone']) {
        const how = await layerStart({ ...(await layers.commandOf(contender)), ...preload });
        starts.push({ contender, how });
      }
      if (rival !== undefined) starts.push({ contender: 'rival', how: rivalStart({ ...rival, ...preload }) });
      // The first start of each contender is not counted: the file caches of the operating system are cold.
      for (let round = -1; round < rounds * STARTS; round += 1) {
        for (const { contender, how } of rotated(starts, Math.max(0, round))) {
          const values = await measureFirstHit(api, { ...how, target: TARGET });
          if (round >= 0) samples.push({ round, case: TITLE, contender, values });
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
