import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureInstalled } from '../../scripts/install.mjs';
import { TimedExtensionsApi } from './extensions-api.mjs';
import { measureStart } from './measure.mjs';
import { ensureNode } from './node-line.mjs';
import { report } from './report.mjs';

/*
 * Measures what the layers add to a cold start, against a bare extension on the same Node 22:
 *   npm run bench:start                             fifteen starts of each layer for this machine, interleaved
 *   npm run bench:start -- --starts 30 node         more, of this one
 * The layers are those of `npm run layers`. Exit status 1 if a goal is missed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { starts: { type: 'string', default: '15' } },
});
await ensureInstalled();
const { unpackedLayer } = await import('../../scripts/layers/unzip.mjs');

const standalone = process.arch === 'arm64' ? 'standalone-arm64' : 'standalone-x86_64';
const layers = positionals.length > 0 ? positionals : ['node', standalone];
const node = ensureNode('22');
const bare = fileURLToPath(new URL('bare.cjs', import.meta.url));
const subjects = [
  { name: 'bare', command: [`${node}/node`, bare] },
  ...layers.map((name) => ({ name, command: [`${unpackedLayer(name)}/extensions/dynamodb-cache`] })),
];

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return String(port);
};

const api = new TimedExtensionsApi();
const folder = mkdtempSync(join(tmpdir(), 'bench-start-'));
try {
  await api.listen();
  writeFileSync(
    join(folder, 'cache.yaml'),
    'dynamodb:\n  - table: Products\n    hashKey: pKey\n    sortKey: sKey\n',
  );
  const env = {
    PATH: `${node}:/usr/bin:/bin`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    CACHE_EXTENSION_CONFIG: join(folder, 'cache.yaml'),
    CACHE_EXTENSION_PORT: await freePort(),
  };
  const starts = new Map(subjects.map(({ name }) => [name, []]));
  const rounds = Number(values.starts);
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, command } of subjects) {
      const start = await measureStart(api, { command, env });
      // The first of each finds nothing in the caches of the operating system.
      if (round >= 0) starts.get(name).push(start);
    }
  }
  const missed = report(starts);
  for (const line of missed) console.error(line);
  process.exitCode = missed.length === 0 ? 0 : 1;
} finally {
  api.close();
  rmSync(folder, { recursive: true });
}
