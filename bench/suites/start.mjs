import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TimedExtensionsApi } from '../start/extensions-api.mjs';
import { measureStart } from '../start/measure.mjs';
import { freePort } from '../subjects/child.mjs';
import { nodeFolder } from '../subjects/layer.mjs';
import { rotated } from './rotated.mjs';

/** Starts per round. */
const STARTS = 3;

/** Compares the start of a layer with an extension that does nothing. `npm run bench:start` checks the goals. */
export const start = {
  name: 'start',
  title: 'Start',
  metrics: { registerMs: 'registered, ms', readyMs: 'ready, ms', residentMb: 'resident, MB' },

  async run({ rounds, layers }) {
    const api = new TimedExtensionsApi();
    const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
    const samples = [];
    try {
      await api.listen();
      const env = await environmentIn(folder);
      const contenders = [{ contender: 'bare', command: [`${nodeFolder()}/node`, BARE] }];
      for (const contender of ['node', 'standalone']) {
        contenders.push({ contender, ...(await layers.commandOf(contender)) });
      }
      // The first start of each contender is not counted: the file caches of the operating system are cold.
      for (let round = -1; round < rounds * STARTS; round += 1) {
        for (const { contender, command } of rotated(contenders, Math.max(0, round))) {
          const values = await measureStart(api, { command, env });
          if (round >= 0) samples.push({ round, case: 'start', contender, values });
        }
      }
    } finally {
      api.close();
      rmSync(folder, { recursive: true });
    }
    return { samples };
  },
};

const BARE = fileURLToPath(new URL('../start/bare.cjs', import.meta.url));

const environmentIn = async (folder) => {
  const config = join(folder, 'cache.yaml');
  writeFileSync(config, 'dynamodb:\n  - table: Products\n    hashKey: pKey\n    sortKey: sKey\n');
  return {
    PATH: `${nodeFolder()}:/usr/bin:/bin`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    CACHE_EXTENSION_CONFIG: config,
    CACHE_EXTENSION_PORT: String(await freePort()),
  };
};
