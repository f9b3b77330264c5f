import { relative, sep } from 'node:path';

/**
 * The command that starts the program in the same way again. It names `npx` only if npm or npx started the installed
 * package: elsewhere `npx` would run a package of that name from the public registry.
 *
 * @param script the path of the started file, as in `process.argv[1]`
 * @param folder the working directory
 */
export const programCommand = (
  script: string,
  { npm_execpath: npm }: Readonly<Record<string, string | undefined>>,
  folder: string,
): string => {
  if (npm !== undefined && script.split(sep).includes('node_modules')) return `npx ${PROGRAM}`;
  const fromHere = relative(folder, script);
  return `node ${asArgument(fromHere.length < script.length ? fromHere : script)}`;
};

/** The name of the program. */
export const PROGRAM = 'dynamodb-cache-extension';

/** Quotes the path for a shell, if necessary. */
export const asArgument = (path: string): string =>
  /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
