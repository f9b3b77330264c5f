import { Extension } from '../subjects/extension.mjs';
import { startCaller, startScriptedDynamoDb } from '../subjects/programs.mjs';
import { tableOf } from '../subjects/sample-items.mjs';
import { rotated } from './rotated.mjs';

const BYTES = 350;
const READS = 500;
const AT_ONCE = 50;
const WARM_UP_READS = 1000;

/** Compares a miss with the same read by the SDK, from a source without delay. */
export const miss = {
  name: 'miss',
  title: 'Misses',
  metrics: { p50Us: 'p50, µs', p99Us: 'p99, µs', extraMs: 'p50 over the SDK, ms' },

  async run({ rounds, layers }) {
    const upstream = await startScriptedDynamoDb();
    const caller = startCaller();
    const table = tableOf(BYTES, 10_000_000);
    const contenders = [{ name: 'SDK', job: { way: 'sdk', endpoint: upstream.endpoint, table } }];
    const running = [caller, upstream.child];
    const samples = [];
    try {
      for (const layer of ['node', 'standalone']) {
        const how = await layers.commandOf(layer);
        const extension = await Extension.start({ ...how, endpoint: upstream.endpoint, tables: [table] });
        running.push(extension);
        contenders.push({ name: layer, job: { way: 'node:http', port: extension.port, table } });
      }
      let next = 0;
      // Each key is requested once, so every read is a miss.
      const fresh = (count) => Array.from({ length: count }, () => String(next++));
      for (const { job } of contenders) await caller.ask({ ...job, ids: fresh(WARM_UP_READS) });
      for (let round = 0; round < rounds; round += 1) {
        for (const [title, how] of [['one at a time'], [`${AT_ONCE} at once`, { atOnce: AT_ONCE }]]) {
          const taken = [];
          for (const { name, job } of rotated(contenders, round)) {
            const answer = await caller.ask({ ...job, ...how, ids: fresh(READS) });
            taken.push({ contender: name, values: { p50Us: answer.p50Us, p99Us: answer.p99Us } });
          }
          const sdk = taken.find(({ contender }) => contender === 'SDK').values.p50Us;
          for (const { contender, values } of taken) {
            if (contender !== 'SDK') values.extraMs = (values.p50Us - sdk) / 1000;
            samples.push({ round, case: title, contender, values });
          }
        }
      }
    } finally {
      await Promise.all(running.map((child) => child.stop()));
    }
    return { samples };
  },
};
