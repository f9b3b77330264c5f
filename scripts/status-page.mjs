import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const folder = new URL('status-page/', import.meta.url);
const uplot = new URL('../node_modules/uplot/', import.meta.url);

/** The status page as text: one file, with its program, its style and the licence of the library that plots. */
export const statusPage = async () => {
  const { build } = await import('esbuild');
  const [page, style, licence] = await Promise.all(
    [new URL('page.html', folder), new URL('dist/uPlot.min.css', uplot), new URL('LICENSE', uplot)].map(
      (url) => readFile(url, 'utf8'),
    ),
  );
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('client.mjs', folder))],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    minify: true,
    banner: { js: `/*! Contains uPlot:\n${licence.trim()}\n*/` },
    write: false,
  });
  return page
    .replace('/* style of the library */', () => style.trim())
    .replace('/* program */', () => outputFiles[0].text.trim());
};

/** Writes the page into a folder of `dist`. */
export const writeStatusPage = async (outDir) => writeFile(`${outDir}/status-page.html`, await statusPage());
