import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureNode } from '../../scripts/node-line.mjs';

const ARCHITECTURE = process.arch === 'arm64' ? 'arm64' : 'x86_64';

/** The layer of each contender, by contender name. */
const LAYERS = { node: 'node', standalone: `standalone-${ARCHITECTURE}` };

/** The Node.js that the `node` layer, F and T run on. */
export const NODE_LINE = '22';

/** The folder of that Node.js. */
export const nodeFolder = () => ensureNode(NODE_LINE);

/** Layers of the current source, built and unpacked for one run. */
export class Layers {
  #folder = mkdtempSync(join(tmpdir(), 'bench-layers-'));
  #made = new Map();

  /** Returns the command and path for `Extension.start`; `name` is `node` or `standalone`. */
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
    console.error(`Building the layer ${LAYERS[name]} …`);
    const { zip } = await makeLayer(LAYERS[name]);
    for (const [path, { bytes, mode }] of readZip(zip)) {
      const file = join(this.#folder, name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes, { mode });
    }
    return [join(this.#folder, name, 'extensions', 'dynamodb-cache')];
  }
}
