import { summarise } from './latencies.mjs';
import { READERS, scanAll } from './readers.mjs';

/*
 * A Lambda function that reads items, as a separate process. Messages control it:
 *   { way, ids, ms, ... }       reads one item after another      ->  { count, p50Us, p90Us, p99Us }
 *   { way, ids, atOnce, ... }   reads each of `ids` once, `atOnce` at a time  ->  the same
 *   { scan: true, ... }         reads a whole table               ->  { ms, items }
 * The reader takes the other members: `port` or `endpoint`, `table`, and `consistent` for the SDK.
 */
const readers = new Map();

const readerOf = (job) => {
  const name = JSON.stringify([job.way, job.port, job.endpoint, job.table, job.consistent]);
  if (!readers.has(name)) readers.set(name, READERS[job.way](job));
  return readers.get(name);
};

const oneByOne = async (read, { ids, ms }) => {
  const latencies = [];
  const until = performance.now() + (ms ?? 0);
  for (let turn = 0; ms === undefined ? turn < ids.length : performance.now() < until; turn += 1) {
    const begun = performance.now();
    await read(ids[turn % ids.length]);
    latencies.push(performance.now() - begun);
  }
  return summarise(latencies);
};

const together = async (read, { ids, atOnce }) => {
  const latencies = [];
  for (let next = 0; next < ids.length; next += atOnce) {
    await Promise.all(
      ids.slice(next, next + atOnce).map(async (id) => {
        const begun = performance.now();
        await read(id);
        latencies.push(performance.now() - begun);
      }),
    );
  }
  return summarise(latencies);
};

const scanned = async (job) => {
  const begun = performance.now();
  const items = await scanAll(job);
  return { ms: performance.now() - begun, items };
};

process.on('message', async (job) => {
  try {
    if (job.scan) process.send(await scanned(job));
    else process.send(await (job.atOnce === undefined ? oneByOne : together)(readerOf(job), job));
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.on('disconnect', () => process.exit());
