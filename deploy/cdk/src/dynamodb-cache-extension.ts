import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import { type CheckedCacheYaml, policyFor } from 'dynamodb-cache-extension/policy';
import { type CacheSettings, environmentOf } from './cache-settings.ts';
import { checkProps } from './check-props.ts';
import { ConfigFile } from './config-file.ts';
import { CONFIG_PATH, createConfigLayer } from './config-layer.ts';
import { layerNameFor } from './layer-name.ts';
import { type ExistingLayers, Layers } from './layers.ts';

export interface DynamoDbCacheExtensionProps {
  /** Path of the `cache.yaml`. It is checked when the app is synthesised, and brought to the functions in a layer. */
  readonly config: string;
  /**
   * Whether the functions' code has the file already, as `cache.yaml` at its root, so that no layer need bring it;
   * false.
   */
  readonly configInCode?: boolean;
  /** Settings of the extension, for all functions alike. */
  readonly settings?: CacheSettings;
  /**
   * The folder of the zip files that `npm run layers` makes, or layer versions that are there already; by default the
   * folder `dist/layers` of the checkout that this package lies in.
   */
  readonly layers?: string | ExistingLayers;
}

/**
 * The cache, for any number of functions. Each has an instance of its own; what they share is the configuration.
 *
 * @example
 * const cache = new DynamoDbCacheExtension(this, 'Cache', { config: 'cache.yaml' });
 * cache.attachTo(fn);
 */
export class DynamoDbCacheExtension extends Construct {
  readonly #layers: Layers;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #configuration: CheckedCacheYaml;
  readonly #configLayer: LayerVersion | undefined;
  readonly #attached = new Set<LambdaFunction>();

  /** @throws {Error} with all problems of the configuration, each with its place and what is allowed */
  constructor(scope: Construct, id: string, props: DynamoDbCacheExtensionProps) {
    super(scope, id);
    checkProps(props);
    const settings = environmentOf(props.settings ?? {});
    const config = new ConfigFile(props.config);
    this.#configuration = config.checkedWith(settings);
    this.#layers = new Layers(this, props.layers);
    this.#configLayer = props.configInCode === true ? undefined : createConfigLayer(this, config.text);
    this.#environment =
      this.#configLayer === undefined ? settings : { ...settings, [VARIABLES.config]: CONFIG_PATH };
  }

  /**
   * Gives a function the layer for its runtime and architecture, the settings, and leave to read the tables; a second
   * time changes nothing.
   *
   * @throws {Error} where no layer fits the function
   */
  attachTo(fn: LambdaFunction): this {
    if (this.#attached.has(fn)) return this;
    const layer = this.#layers.get(layerNameFor(fn.runtime, fn.architecture));
    fn.addLayers(layer, ...(this.#configLayer === undefined ? [] : [this.#configLayer]));
    for (const [name, value] of Object.entries(this.#environment)) fn.addEnvironment(name, value);
    this.#allowReads(fn);
    this.#attached.add(fn);
    return this;
  }

  #allowReads(fn: LambdaFunction): void {
    const { region, account, partition } = Stack.of(fn);
    const { tables, preloads } = this.#configuration;
    for (const { Action, Resource } of policyFor(tables, { region, account, partition, preloads })
      .Statement) {
      fn.addToRolePolicy(new PolicyStatement({ actions: [...Action], resources: [...Resource] }));
    }
  }
}
