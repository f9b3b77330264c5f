import { bundle } from './bundle.mjs';

/** Some packages call `require` for modules of Node, which does not exist in ES modules. */
const requireBanner =
  "import { createRequire as createRequireOfNode } from 'node:module'; const require = createRequireOfNode(import.meta.url);";

/** The program for the runtime's own Node; what is imported lazily lies in files of its own. */
export const buildForNode = async () => {
  const { files, metafile } = await bundle({
    entryPoints: { extension: 'src/bootstrap/main.ts' },
    target: 'node20',
    splitting: true,
    outExtension: { '.js': '.mjs' },
    banner: { js: requireBanner },
  });
  return {
    launcher: 'layers/launch-node.sh',
    metafile,
    files: new Map([...files].map(([name, bytes]) => [name, { bytes, mode: 0o644 }])),
    notices: [],
  };
};
