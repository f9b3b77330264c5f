import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anyOf, readArguments } from '../../scripts/arguments.mjs';
import { ensureInstalled } from '../../scripts/install.mjs';
import { leaveMeasuredCore } from '../machine/cores.mjs';
import { nodeFolder } from '../subjects/layer.mjs';
import { startScriptedDynamoDb } from '../subjects/programs.mjs';
import { bareStart, layerStart } from './contenders.mjs';
import { TimedExtensionsApi } from './extensions-api.mjs';
import { measureStart } from './measure.mjs';
import { report } from './report.mjs';

const { values, positionals } = readArguments({
  usage: `npm run bench:start -- [--starts <n>] [node] [standalone-x86_64] [standalone-arm64]
Measures what the layers add to a cold start, against a bare extension on the same Node.js 22. The layers are those of
\`npm run layers\`; those for this machine if none is named. Exit status 1 if a goal is missed.
  --starts <n>  of each layer, interleaved; 15 by default
  -h, --help    print this`,
  accepts: anyOf(['node', 'standalone-x86_64', 'standalone-arm64'], 'layer'),
  options: { starts: { type: 'string', default: '15' } },
});
await ensureInstalled();
const { unpackedLayer } = await import('../../scripts/layers/unzip.mjs');

const standalone = process.arch === 'arm64' ? 'standalone-arm64' : 'standalone-x86_64';
const layers = positionals.length > 0 ? positionals : ['node', standalone];
const COUNT = 1000;
const PRELOAD = ' with 1,000 items';

leaveMeasuredCore();
const upstream = await startScriptedDynamoDb();
const folder = mkdtempSync(join(tmpdir(), 'start-'));

/** A layer, without and with items to preload. */
const subjectsOf = async (name, endpoint) => {
  const place = join(folder, name);
  // A short path, as in Lambda: path length shifts V8's garbage collections and with them the memory by a few MB.
  cpSync(unpackedLayer(name), place, { recursive: true });
  const command = [`${place}/extensions/dynamodb-cache`];
  const how = {
    command,
    path: `${nodeFolder()}:/usr/bin:/bin`,
    folder: join(folder, `${name}-config`),
    endpoint,
  };
  return [
    { name, how: await layerStart({ ...how, count: 0 }) },
    { name: `${name}${PRELOAD}`, how: await layerStart({ ...how, count: COUNT }) },
  ];
};

const api = new TimedExtensionsApi();
try {
  await api.listen();
  const subjects = [{ name: 'bare', how: bareStart() }];
  for (const name of layers) subjects.push(...(await subjectsOf(name, upstream.endpoint)));
  const starts = new Map(subjects.map(({ name }) => [name, []]));
  const rounds = Number(values.starts);
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, how } of subjects) {
      const start = await measureStart(api, how);
      // The first start of each contender is not counted: the file caches of the operating system are cold.
      if (round >= 0) starts.get(name).push(start);
    }
  }
  const missed = report(starts);
  for (const line of missed) console.error(line);
  process.exitCode = missed.length === 0 ? 0 : 1;
} finally {
  api.close();
  await upstream.child.stop();
  rmSync(folder, { recursive: true });
}
