import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bareStart, ITEM_BYTES, layerStart, parametersStart, rivalStart } from '../start/contenders.mjs';
import { TimedExtensionsApi } from '../start/extensions-api.mjs';
import { measureStart } from '../start/measure.mjs';
import { startScriptedDynamoDb } from '../subjects/programs.mjs';
import { rotated } from './rotated.mjs';

/** Starts per round. */
const STARTS = 3;

/** The number of items to preload in each case; 0 is a start without a preload. */
const COUNTS = [0, 1, 100, 1_000, 10_000];

const titleOf = (count) => {
  if (count === 0) return 'without preload';
  return `${count.toLocaleString('en-GB')} item${count === 1 ? '' : 's'} preloaded`;
};

/** A start whose `cache.yaml` has parameters in place of the table. */
const PARAMETERS = 'parameters only, without preload';

/** Compares the start of a layer with an extension that does nothing. `npm run bench:start` checks the built layers. */
export const start = {
  name: 'start',
  title: `Start, with items of ${ITEM_BYTES} B`,
  metrics: {
    registerMs: 'registered, ms',
    readyMs: 'ready, ms',
    residentMb: 'resident, MB',
    laterRegisterMs: 'registered later than with one table, ms',
    laterReadyMs: 'ready later than with one table, ms',
  },

  async run({ rounds, layers, rival }) {
    const api = new TimedExtensionsApi();
    const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
    const upstream = await startScriptedDynamoDb();
    const samples = [];
    try {
      await api.listen();
      const starts = await startsOf({ layers, rival, folder, endpoint: upstream.endpoint });
      // The first start of each contender is not counted: the file caches of the operating system are cold.
      for (let round = -1; round < rounds * STARTS; round += 1) {
        for (const { title, contender, how } of rotated(starts, Math.max(0, round))) {
          const values = await measureStart(api, how);
          if (round >= 0) samples.push({ round, case: title, contender, values });
        }
      }
      return { samples: withDelays(inOrder(samples, starts), { of: PARAMETERS, after: titleOf(0) }) };
    } finally {
      api.close();
      await upstream.child.stop();
      rmSync(folder, { recursive: true });
    }
  },
};

const startsOf = async ({ layers, rival, folder, endpoint }) => {
  const starts = [];
  for (const count of COUNTS) {
    const title = titleOf(count);
    if (count === 0) starts.push({ title, contender: 'bare', how: bareStart() });
    for (const contender of ['node', 'standalone']) {
      const layer = await layers.commandOf(contender);
      starts.push({ title, contender, how: await layerStart({ ...layer, folder, endpoint, count }) });
      // Next to the start that it is compared with, because the other load of the machine changes.
      if (count === 0) {
        const how = await parametersStart({ ...layer, folder, endpoint });
        starts.push({ title: PARAMETERS, contender, how });
      }
    }
    if (rival !== undefined) {
      starts.push({ title, contender: 'rival', how: rivalStart({ ...rival, folder, endpoint, count }) });
    }
  }
  return starts;
};

/** Sorts the samples by case and contender for the table, because the order of the starts differs between rounds. */
const inOrder = (samples, starts) =>
  [...starts]
    .sort((one, other) => Number(one.title === PARAMETERS) - Number(other.title === PARAMETERS))
    .flatMap(({ title, contender }) =>
      samples.filter((sample) => sample.case === title && sample.contender === contender),
    );

/**
 * Adds to the samples of the case `of` how much later the layer was registered and ready than in the case `after`, in the same
 * round: starts of different rounds differ by more than that.
 */
export const withDelays = (samples, { of, after }) =>
  samples.map((sample) => {
    const first = samples.find(
      ({ case: title, contender, round }) =>
        title === after && contender === sample.contender && round === sample.round,
    );
    if (sample.case !== of || first === undefined) return sample;
    const { registerMs, readyMs } = sample.values;
    const delays = {
      laterRegisterMs: registerMs - first.values.registerMs,
      laterReadyMs: readyMs - first.values.readyMs,
    };
    return { ...sample, values: { ...sample.values, ...delays } };
  });
