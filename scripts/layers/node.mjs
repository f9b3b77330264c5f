import { bundle } from './bundle.mjs';
import { joined } from './joined.mjs';

/** Loaded at each start, in this order. */
const STARTS = ['src/bootstrap/start.ts', 'src/bootstrap/run-program.ts'];

/** The program for the runtime's own Node; what is imported lazily lies in files of its own. */
export const buildForNode = async () => {
  const { files, metafile } = await bundle({
    entryPoints: { extension: 'src/bootstrap/main.ts' },
    target: 'node20',
    splitting: true,
    chunkNames: '[hash]',
  });
  const named = [...files].map(async ([name, bytes]) => [commonJsName(name), await asCommonJs(bytes)]);
  const codes = joined(new Map(await Promise.all(named)), metafile, STARTS);
  return {
    launcher: 'layers/launch-node.sh',
    metafile,
    files: new Map([...codes].map(([name, code]) => [name, { bytes: Buffer.from(code), mode: 0o644 }])),
    notices: [],
  };
};

const commonJsName = (name) => name.replace(/\.js$/, '.cjs');

/**
 * A module of the bundle as CommonJS: Node 22 needs 25 ms more to start its loader of ES modules, two thirds of what it
 * needs to start at all. esbuild splits ES modules only, hence the second step.
 */
const asCommonJs = async (bytes) => {
  const { transform } = await import('esbuild');
  const { code } = await transform(Buffer.from(bytes).toString(), {
    format: 'cjs',
    target: 'node20',
    platform: 'node',
    supported: { 'dynamic-import': false },
    minify: true,
    legalComments: 'none',
  });
  return withValues(code.replaceAll(/require\("(\.\/[^"]+)\.js"\)/g, 'require("$1.cjs")'));
};

/**
 * esbuild exports two nested getters for each name, so that importers see later assignments. No exported name is assigned
 * again, and code that runs for the first time pays for each call: importers get values.
 */
const withValues = (code) =>
  code.includes('module.exports=') ? `${code}module.exports={...module.exports};` : code;
