import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readArguments } from '../../scripts/arguments.mjs';

readArguments({
  usage: `npm run behaviour
Writes docs/behaviour.md from the tables in test/behaviour.
  -h, --help  print this`,
});

const bundle = await build({
  entryPoints: [fileURLToPath(new URL('document.ts', import.meta.url))],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  write: false,
});
const [{ text }] = bundle.outputFiles;
const { behaviourDocument } = await import(`data:text/javascript,${encodeURIComponent(text)}`);

await writeFile(new URL('../../docs/behaviour.md', import.meta.url), behaviourDocument());
