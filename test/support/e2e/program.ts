import { existsSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { START_MARKER } from '../../../src/adapters/lambda/start-marker.ts';
import type { CacheYamlFile } from './cache-yaml-file.ts';
import { type LayerPlace, layerPlace } from './layer-place.ts';

const BUILT = fileURLToPath(new URL('../../../dist/extension/extension.mjs', import.meta.url));

/** The name of the file in `/opt/extensions`. */
export const EXTENSION_NAME = 'dynamodb-cache';

/**
 * The layer that is under test, such as `node` or `standalone-x86_64`, from `EXTENSION_ARTIFACT`; absent if it is what
 * `npm run build` makes.
 */
export const LAYER = process.env.EXTENSION_ARTIFACT || undefined;

/** Whether Bun serves, whose HTTP parser answers some malformed requests in another way than that of Node.js. */
export const IS_STANDALONE = LAYER?.startsWith('standalone') ?? false;

type Variables = Readonly<Record<string, string>>;

/** How a program is started, and the variables that it is started with beyond those of Lambda. */
interface ProgramStart {
  readonly command: readonly [string, ...string[]];
  readonly env: Variables;
}

/** How the program is started with a `cache.yaml` and these variables: without arguments; a layer by its launcher. */
export const programStart = (file: CacheYamlFile, env: Variables = {}, layer = LAYER): ProgramStart => {
  if (layer === undefined) {
    return { command: [process.execPath, built()], env: { CACHE_EXTENSION_CONFIG: file.path, ...env } };
  }
  const isNamed = env.CACHE_EXTENSION_CONFIG !== undefined;
  const place = layerPlace(layer, isNamed ? undefined : dirname(file.path));
  return within(place, [`${place.opt}/extensions/${EXTENSION_NAME}`], layer, env);
};

/**
 * The same with a module that runs ahead of the program, which knows nothing of it; the launcher, which keeps such things
 * out, is left out itself. The module's file lies beside `cache.yaml`.
 */
export const plantedStart = (file: CacheYamlFile, module: string, env: Variables = {}): ProgramStart => {
  if (LAYER === undefined) {
    const command = [process.execPath, '--import', `${dirname(file.path)}/${module}`, built()] as const;
    return { command, env: { CACHE_EXTENSION_CONFIG: file.path, ...env } };
  }
  const place = layerPlace(LAYER, dirname(file.path));
  const [home, planted] = [`${place.opt}/dynamodb-cache`, `${place.task}/${module}`];
  return IS_STANDALONE
    ? within(place, [`${home}/extension`], LAYER, { BUN_OPTIONS: `--preload ${planted}`, ...env })
    : within(place, [place.node, '--import', planted, `${home}/extension.cjs`], LAYER, env);
};

const within = (
  { enter, task }: LayerPlace,
  command: readonly [string, ...string[]],
  layer: string,
  env: Variables,
): ProgramStart => {
  const [first, ...rest] = [...enter, ...command];
  // The launcher keeps TMPDIR out. Without a root of its own, the program would find what an earlier test left in /tmp.
  if (enter.length === 0) rmSync(`/tmp/${START_MARKER}`, { force: true });
  const defaults =
    enter.length > 0
      ? {}
      : {
          CACHE_EXTENSION_CONFIG: `${task}/cache.yaml`,
          PATH: layer === 'node' ? dirname(process.execPath) : '/nowhere',
        };
  return { command: [first, ...rest], env: { ...defaults, ...env } };
};

const built = (): string => {
  if (!existsSync(BUILT)) throw new Error(`${BUILT} is not there: build it with npm run build`);
  return BUILT;
};
