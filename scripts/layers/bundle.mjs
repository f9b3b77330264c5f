import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorNames } from './error-names.mjs';

/** Folder of the project. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Parts of packages that have no use in Lambda, by what stands in for them. */
const STAND_INS = {
  '@aws-sdk/credential-provider-node': './layers/sdk/credential-provider-node.mjs',
  '@smithy/core/event-streams': './layers/sdk/unused.mjs',
  bowser: './layers/sdk/unused.mjs',
  // The same library as ES modules, of which only what is used gets into the bundle.
  yaml: './node_modules/yaml/browser/index.js',
};

/** Modules for which somebody else stands in, by those who import them; most are of Node. */
const BUILTIN_STAND_INS = [
  { name: 'node:http2', for: 'node_modules/@hono/node-server/', path: 'layers/node/http2.mjs' },
  { name: 'node:crypto', for: `${root}src/`, path: 'layers/node/crypto.mjs' },
  { name: 'node:process', for: `${root}src/`, path: 'layers/node/process.mjs' },
  { name: 'inversify', for: `${root}src/`, path: 'layers/node/inversify.mjs' },
];

/** An esbuild plugin; `alias` knows no difference between those who import. */
const builtinStandIns = {
  name: 'builtin-stand-ins',
  setup({ onResolve }) {
    onResolve({ filter: /^(node:(http2|crypto|process)|inversify)$/ }, ({ path: name, importer }) => {
      const standIn = BUILTIN_STAND_INS.find((each) => each.name === name && importer.includes(each.for));
      return standIn && { path: root + standIn.path, sideEffects: true };
    });
  },
};

/** Bundles the program as a layer needs it: `{ files, metafile }`, files from name to bytes. */
export const bundle = async (options) => {
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    outdir: 'dist/layers',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    alias: STAND_INS,
    define: {
      // Asked for by lru-cache for lifetimes of its own, which nobody uses; Node.js would have to load it.
      performance: 'undefined',
      // The client of Valkey names it in stacks that nobody asks for. Bun would put in the random folder of the build.
      __dirname: '"/opt"',
    },
    plugins: [errorNames, builtinStandIns],
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    ...options,
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [path.split('/').at(-1), contents]));
  return { files, metafile };
};

/** The bytes of a text of the project with LF at the end of each line, which a checkout on Windows may lack. */
export const fileOf = (path) => Buffer.from(readFileSync(root + path, 'utf8').replaceAll('\r\n', '\n'));
