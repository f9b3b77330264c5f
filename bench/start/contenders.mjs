import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../subjects/child.mjs';
import { extensionEnvironment, PRELOAD } from '../subjects/environment.mjs';
import { nodeFolder } from '../subjects/layer.mjs';
import { rivalEnvironment } from '../subjects/rival.mjs';
import { tableOf } from '../subjects/sample-items.mjs';

/** The size of the items that a start preloads. */
export const ITEM_BYTES = 370;

const BARE = fileURLToPath(new URL('bare.cjs', import.meta.url));

/** The extension that does nothing, on the Node.js of the layers. */
export const bareStart = () => ({
  command: [`${nodeFolder()}/node`, BARE],
  env: { PATH: `${nodeFolder()}:/usr/bin:/bin` },
});

/**
 * Returns how to start a layer that preloads `count` items, for `measureStart` and `measureFirstHit`. With a count of 0, the
 * preload is off.
 */
export const layerStart = async ({ command, path, folder, endpoint, count }) => {
  const port = await freePort();
  const env = extensionEnvironment({ path, port, ...preloadOf(folder, endpoint, count) });
  const verify = count === 0 ? undefined : () => verifyEntries(port, count);
  return { command, env, port, verify };
};

/** Returns how to start a layer that caches parameters only and preloads none. */
export const parametersStart = async ({ command, path, folder, endpoint }) => {
  const port = await freePort();
  const cacheYaml = 'parameters:\n  - path: /bench\n';
  return {
    command,
    env: extensionEnvironment({ path, port, folder: join(folder, 'parameters'), cacheYaml, endpoint }),
  };
};

/** Returns how to start a rival that preloads `count` items. */
export const rivalStart = ({ command, port, folder, endpoint, count }) => ({
  command,
  port,
  env: rivalEnvironment({ port, ...preloadOf(folder, endpoint, count) }),
});

const preloadOf = (folder, endpoint, count) => ({
  folder: join(folder, String(count)),
  tables: [tableOf(ITEM_BYTES, Math.max(1, count))],
  endpoint,
  settings: count === 0 ? {} : PRELOAD,
});

const verifyEntries = async (port, count) => {
  const { store } = await (await fetch(`http://127.0.0.1:${port}/health`)).json();
  if (store.entries !== count) throw new Error(`the store holds ${store.entries} entries; expected ${count}`);
};
