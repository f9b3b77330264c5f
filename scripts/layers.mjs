import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { anyOf, readArguments } from './arguments.mjs';
import { ensureInstalled } from './install.mjs';

const USAGE = `npm run layers -- [--explain] [node] [standalone-x86_64] [standalone-arm64]
Makes the layers: dist/layers/<name>.zip, the same bytes at each run. All of them if none is named.
  --explain   say what is in each, by package
  -h, --help  print this`;

const builders = {
  node: async () => (await import('./layers/node.mjs')).buildForNode(),
  'standalone-x86_64': async () => (await import('./layers/standalone.mjs')).buildStandalone('x86_64'),
  'standalone-arm64': async () => (await import('./layers/standalone.mjs')).buildStandalone('arm64'),
};

/** The names of all layers. */
export const layerNames = Object.keys(builders);

/** Everything of a layer, from its path below `/opt` to `{ bytes, mode }`. */
export const makeFiles = async (name) => {
  const { layerOf } = await import('./layers/layer.mjs');
  return layerOf(await builders[name]());
};

/** Builds a layer: `{ zip, metafile, sizes }`. */
export const makeLayer = async (name) => {
  const { layerOf } = await import('./layers/layer.mjs');
  const { zip } = await import('./layers/zip.mjs');
  const built = await builders[name]();
  const files = layerOf(built);
  const zipped = zip(files);
  const unpackedBytes = [...files.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  return { zip: zipped, metafile: built.metafile, sizes: { zippedBytes: zipped.length, unpackedBytes } };
};

const main = async () => {
  const { values, positionals } = readArguments({
    usage: USAGE,
    options: { explain: { type: 'boolean' } },
    accepts: anyOf(layerNames, 'layer'),
  });
  await ensureInstalled();
  const { excesses } = await import('./layers/budgets.mjs');
  const { explain } = await import('./layers/explain.mjs');
  const outdir = fileURLToPath(new URL('../dist/layers/', import.meta.url));
  mkdirSync(outdir, { recursive: true });
  const problems = [];
  for (const name of positionals.length > 0 ? positionals : layerNames) {
    const { zip, metafile, sizes } = await makeLayer(name);
    // Of this process only: another one may build the same layer.
    const next = `${outdir}.${name}.${process.pid}.zip`;
    writeFileSync(next, zip);
    renameSync(next, `${outdir}${name}.zip`);
    const digest = createHash('sha256').update(zip).digest('hex');
    console.log(
      `dist/layers/${name}.zip  ${sizes.zippedBytes} bytes, ${sizes.unpackedBytes} unpacked  sha256:${digest}`,
    );
    if (values.explain) console.log(explain(metafile).join('\n'));
    problems.push(...excesses(name, sizes));
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
