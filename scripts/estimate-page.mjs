import { readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/*
 * Writes docs/estimate.html: the arithmetic of `estimate` with sliders, in one file.
 *   npm run estimate-page
 */
export const PAGE = fileURLToPath(new URL('../docs/estimate.html', import.meta.url));

const folder = new URL('estimate-page/', import.meta.url);

/** The page as text. */
export const estimatePage = async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('client.mjs', folder))],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    // Paths of the sources in comments would depend on where the command runs.
    absWorkingDir: fileURLToPath(folder),
    write: false,
  });
  const page = await readFile(new URL('page.html', folder), 'utf8');
  return page.replace('<!-- program -->', () => outputFiles[0].text.trim());
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(PAGE, await estimatePage());
