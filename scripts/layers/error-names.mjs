import { readFile } from 'node:fs/promises';

/**
 * An esbuild plugin that lets classes of errors keep their names through minifying, because errors are logged by them.
 * `keepNames` for everything would cost the start 2 ms; for the few files that define errors it costs nothing.
 */
export const errorNames = {
  name: 'error-names',
  setup({ onLoad, esbuild }) {
    onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      if (!/\bclass \w+ extends /.test(source)) return undefined;
      const { code } = await esbuild.transform(source, {
        loader: 'ts',
        target: 'es2022',
        keepNames: true,
        sourcefile: path,
      });
      return { contents: code, loader: 'js' };
    });
  },
};
