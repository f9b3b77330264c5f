import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../../dist/extension/extension.mjs', import.meta.url));

/** The name of the file in `/opt/extensions`. */
export const EXTENSION_NAME = 'dynamodb-cache';

/** How the built program is started: without arguments. */
export const programCommand = (): readonly [string, ...string[]] => {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: build it with npm run build`);
  return [process.execPath, PROGRAM];
};
