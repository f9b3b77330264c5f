import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { anyOf, readArguments } from '../../scripts/arguments.mjs';
import { ensureInstalled } from '../../scripts/install.mjs';
import { ensureNode } from '../../scripts/node-line.mjs';
import { CORES } from '../machine/cores.mjs';
import { Child, freePort } from '../subjects/child.mjs';
import { tableOf } from '../subjects/sample-items.mjs';
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
const node = ensureNode('22');
const bare = fileURLToPath(new URL('bare.cjs', import.meta.url));

/** A thousand items of 350 bytes. */
const TABLE = tableOf(350, 1000);
const PRELOAD = ' with 1,000 items';
const scripted = fileURLToPath(new URL('../subjects/scripted-dynamodb.mjs', import.meta.url));
const dynamoDb = Child.start({ command: [`${node}/node`, scripted], core: CORES.others, told: true });

const folder = mkdtempSync(join(tmpdir(), 'start-'));

/** A layer, without and with items to preload. */
const subjectsOf = (name, endpoint) => {
  const place = join(folder, name);
  // A short path, as in Lambda: path length shifts V8's garbage collections and with them the memory by a few MB.
  cpSync(unpackedLayer(name), place, { recursive: true });
  const command = [`${place}/extensions/dynamodb-cache`];
  const preload = { CACHE_EXTENSION_INIT_STARTUP: 'true', CACHE_EXTENSION_DYNAMODB_ENDPOINT: endpoint };
  return [
    { name, command, env: {} },
    { name: `${name}${PRELOAD}`, command, env: preload },
  ];
};

const api = new TimedExtensionsApi();
try {
  await api.listen();
  const { port } = await dynamoDb.ask();
  const subjects = [
    { name: 'bare', command: [`${node}/node`, bare], env: {} },
    ...layers.flatMap((name) => subjectsOf(name, `http://127.0.0.1:${port}`)),
  ];
  writeFileSync(join(folder, 'cache.yaml'), `dynamodb:\n  - table: ${TABLE}\n    hashKey: id\n`);
  const env = {
    PATH: `${node}:/usr/bin:/bin`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    CACHE_EXTENSION_CONFIG: join(folder, 'cache.yaml'),
    CACHE_EXTENSION_PORT: String(await freePort()),
  };
  const starts = new Map(subjects.map(({ name }) => [name, []]));
  const rounds = Number(values.starts);
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, command, env: own } of subjects) {
      const start = await measureStart(api, { command, env: { ...env, ...own } });
      // The first start of each contender is not counted: the file caches of the operating system are cold.
      if (round >= 0) starts.get(name).push(start);
    }
  }
  const missed = report(starts);
  for (const line of missed) console.error(line);
  process.exitCode = missed.length === 0 ? 0 : 1;
} finally {
  api.close();
  await dynamoDb.stop();
  rmSync(folder, { recursive: true });
}
