import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { unpackedLayer } from '../../../scripts/layers/unzip.mjs';

const PROGRAM = fileURLToPath(new URL('../../../dist/extension/extension.mjs', import.meta.url));

/** The name of the file in `/opt/extensions`. */
export const EXTENSION_NAME = 'dynamodb-cache';

/**
 * How the built program is started: without arguments. `EXTENSION_ARTIFACT` names the layer whose launcher it is, such as
 * `node` or `standalone-x86_64`; without it, it is what `npm run build` makes.
 */
export const programCommand = (): readonly [string, ...string[]] => {
  const layer = process.env.EXTENSION_ARTIFACT;
  if (layer) return [`${unpackedLayer(layer)}/extensions/${EXTENSION_NAME}`];
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not there: build it with npm run build`);
  return [process.execPath, PROGRAM];
};
