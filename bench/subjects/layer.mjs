import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureNode } from '../../scripts/node-line.mjs';

const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'x86_64';

/** What the contenders are called, and the layers that they are. */
const LAYERS = { node: 'node', standalone: `standalone-${ARCHITECTURE}` };

/** The Node.js that the `node` layer, F and T run on. */
export const NODE_LINE = '22';

/** The folder of its `node`. */
export const nodeFolder = () => ensureNode(NODE_LINE);

/** The layers of this very source, made and unpacked for one run. */
export class Layers {
  #folder = mkdtempSync(join(tmpdir(), 'bench-layers-'));
  #made = new Map();

  /** How `Extension.start` is to start the layer `name`: `node` or `standalone`. */
  async commandOf(name) {
    if (!this.#made.has(name)) this.#made.set(name, await this.#make(name));
    return { command: this.#made.get(name), path: `${nodeFolder()}:/usr/bin:/bin` };
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #make(name) {
    const { makeLayer } = await import('../../scripts/layers.mjs');
    const { readZip } = await import('../../scripts/layers/unzip.mjs');
    console.error(`Making the layer ${LAYERS[name]} …`);
    const { zip } = await makeLayer(LAYERS[name]);
    for (const [path, { bytes, mode }] of readZip(zip)) {
      const file = join(this.#folder, name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes, { mode });
    }
    return [join(this.#folder, name, 'extensions', 'dynamodb-cache')];
  }
}
