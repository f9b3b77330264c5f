import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Architecture, Code, type ILayerVersion, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { LayerName } from './layer-name.ts';

/** Existing layer versions, for example published once for a whole organization. */
export type ExistingLayers = Readonly<Partial<Record<LayerName, ILayerVersion>>>;

/** The output folder of `npm run layers` in the checkout that contains this package. */
const OWN_FOLDER = fileURLToPath(new URL('../../../dist/layers', import.meta.url));

const ARCHITECTURES: Readonly<Record<LayerName, Architecture[]>> = {
  node: [Architecture.X86_64, Architecture.ARM_64],
  'standalone-x86_64': [Architecture.X86_64],
  'standalone-arm64': [Architecture.ARM_64],
};

/** The layers of a stack. Each is created at its first use. */
export class Layers {
  readonly #scope: Construct;
  readonly #given: string | ExistingLayers;
  readonly #made = new Map<LayerName, ILayerVersion>();

  /** @param given a folder of zip files, or layer versions by name; default: the folder of the checkout */
  constructor(scope: Construct, given: string | ExistingLayers = OWN_FOLDER) {
    this.#scope = scope;
    this.#given = given;
  }

  /** @throws {Error} if the layer does not exist; the message tells how to create it */
  get(name: LayerName): ILayerVersion {
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const layer = typeof this.#given === 'string' ? this.#fromZip(name, this.#given) : this.#given[name];
    if (layer === undefined) throw new Error(`\`layers\` has no ${name}, and a function needs it`);
    this.#made.set(name, layer);
    return layer;
  }

  #fromZip(name: LayerName, folder: string): ILayerVersion {
    const zip = join(folder, `${name}.zip`);
    if (!existsSync(zip)) {
      throw new Error(`there is no ${zip}: \`npm run layers\` makes it; then name its folder in \`layers\``);
    }
    return new LayerVersion(this.#scope, `layer-${name}`, {
      description: `dynamodb-cache-extension, ${name}`,
      code: Code.fromAsset(zip),
      compatibleArchitectures: ARCHITECTURES[name],
      license: 'MIT',
    });
  }
}
