import { fileURLToPath } from 'node:url';
import { unpackedLayer } from '../../../scripts/layers/unzip.mjs';
import { whyNoRoot } from '../../../scripts/test-layers/obstacles.mjs';
import { lambdaRoot } from './lambda-root.ts';

const ENTER = fileURLToPath(new URL('enter-root.sh', import.meta.url));

/** Where a layer's files are, as its program sees them. */
export interface LayerPlace {
  /** What goes before a command, so that it runs there. */
  readonly enter: readonly [] | readonly [string, ...string[]];
  readonly opt: string;
  /** The folder of `cache.yaml`, `/var/task` in a root. */
  readonly task: string;
  readonly node: string;
}

const canHaveRoot = whyNoRoot() === undefined;

/**
 * A root that holds the layer and what its launcher needs; just the layer where there can be no such root.
 *
 * @param task the folder of `cache.yaml`; without it, `/var/task` is empty
 */
export const layerPlace = (layer: string, task?: string): LayerPlace => {
  if (!canHaveRoot)
    return { enter: [], opt: unpackedLayer(layer), task: task ?? '/var/task', node: process.execPath };
  const root = lambdaRoot(layer);
  return {
    enter: ['/usr/bin/unshare', '--mount', '/bin/sh', ENTER, root, task ?? `${root}/var/task`],
    opt: '/opt',
    task: '/var/task',
    node: '/var/lang/bin/node',
  };
};
