import { Annotations, Stack } from 'aws-cdk-lib';
import { ArnPrincipal, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import {
  type CheckedSections,
  policyForConfig,
  type PolicyStatement as CachePolicyStatement,
  targetPoliciesForConfig,
} from 'dynamodb-cache-extension/policy';
import { type CacheSettings, environmentOf } from './cache-settings.ts';
import { checkProps } from './check-props.ts';
import { ConfigFile, withVariables } from './config-file.ts';
import { CONFIG_PATH, createConfigLayer } from './config-layer.ts';
import { createJournal, type JournalTable } from './journal.ts';
import { layerNameFor } from './layer-name.ts';
import { type ExistingLayers, Layers } from './layers.ts';

export interface DynamoDbCacheExtensionProps {
  /**
   * Path of `cache.yaml`. It is checked during synthesis and deployed to the functions in a layer. Default: no file, which
   * only `settings.compatibility` allows.
   */
  readonly config?: string;
  /**
   * Whether the functions' code contains the file, as `cache.yaml` at its root. The construct then creates no layer for it.
   * Default: false.
   */
  readonly configInCode?: boolean;
  /**
   * Values of the variables to which the file refers, as in `table: ${PRODUCTS_TABLE}`. The functions get these variables. A
   * value that is known only at deployment must be a name, such as `products.tableName`, not an ARN. Default: none.
   */
  readonly variables?: Readonly<Record<string, string>>;
  /** Settings of the extension, the same for all functions. */
  readonly settings?: CacheSettings;
  /**
   * The table by which environments announce writes to each other: `true` creates one, or give an existing one in the region of
   * the functions, with the key `table` (string) and `page` (number). Needed for `coherence` other than `ttl`. Default: none.
   */
  readonly journal?: boolean | JournalTable;
  /**
   * The folder with the zip files that `npm run layers` creates, or existing layer versions. Default: `dist/layers` of the
   * checkout that contains this package.
   */
  readonly layers?: string | ExistingLayers;
}

/**
 * Attaches the cache extension to functions. They share the configuration, but each function has its own cache.
 *
 * @example
 * const cache = new DynamoDbCacheExtension(this, 'Cache', { config: 'cache.yaml' });
 * cache.attachTo(fn);
 */
export class DynamoDbCacheExtension extends Construct {
  /** The table of the journal; undefined without the prop `journal`. */
  readonly journal: JournalTable | undefined;
  readonly #layers: Layers;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #variables: Readonly<Record<string, string>>;
  readonly #configuration: CheckedSections;
  readonly #compatibility: string;
  readonly #configLayer: LayerVersion | undefined;
  readonly #attached = new Set<LambdaFunction>();

  /** @throws {Error} lists all problems of the configuration, each with its position and the allowed values */
  constructor(scope: Construct, id: string, props: DynamoDbCacheExtensionProps) {
    super(scope, id);
    checkProps(props);
    this.journal = journalOf(this, props);
    const settings = {
      ...environmentOf(props.settings ?? {}),
      ...(this.journal === undefined ? {} : { [VARIABLES.journalTable]: this.journal.tableName }),
    };
    const config = new ConfigFile(props.config);
    this.#variables = props.variables ?? {};
    this.#configuration = config.checkedWith(settings, this.#variables);
    this.#layers = new Layers(this, props.layers);
    this.#configLayer =
      props.configInCode === true || config.text === undefined
        ? undefined
        : createConfigLayer(this, config.text);
    this.#compatibility = props.settings?.compatibility ?? '';
    this.#environment =
      this.#configLayer === undefined ? settings : { ...settings, [VARIABLES.config]: CONFIG_PATH };
  }

  /**
   * Adds the layer for the function's runtime and architecture, the settings, and permissions to read the tables, parameters, secrets and configurations that the file lists.
   * Attaching a function again has no effect.
   *
   * @throws {Error} if no layer fits the function
   */
  attachTo(fn: LambdaFunction): this {
    if (this.#attached.has(fn)) return this;
    const layer = this.#layers.get(layerNameFor(fn.runtime, fn.architecture));
    fn.addLayers(layer, ...(this.#configLayer === undefined ? [] : [this.#configLayer]));
    const environment = { ...this.#variables, ...this.#environment };
    for (const [name, value] of Object.entries(environment)) fn.addEnvironment(name, value);
    this.#allowReads(fn);
    this.#warnOfExtensionOfAws(fn);
    this.#attached.add(fn);
    return this;
  }

  /**
   * Gives a role of another account what the entries with its ARN need, and lets the role of the function assume it. For
   * references between accounts, the CDK needs roles with names.
   *
   * @param roleArn the ARN as the file has it. Default: that of `role`, if it is known during synthesis
   * @throws {Error} if no entry of the file has this ARN
   */
  grant(role: Role, fn: LambdaFunction, roleArn = role.roleArn): this {
    const [, , , , account = ''] = roleArn.split(':');
    const functionRole = fn.role?.roleArn;
    const { region } = Stack.of(fn);
    const { roles } = targetPoliciesForConfig(this.#configuration, account, { region, functionRole });
    const found = roles.find((each) => each.roleArn === roleArn);
    if (found === undefined || functionRole === undefined) {
      throw new Error(
        `no entry of the file has the roleArn ${roleArn}; give the ARN that the file has as the third argument`,
      );
    }
    for (const statement of found.permissions.Statement) role.addToPolicy(this.#allowing(statement));
    for (const { Action, Condition } of found.trust.Statement) {
      role.assumeRolePolicy?.addStatements(
        new PolicyStatement({
          actions: [...Action],
          principals: [new ArnPrincipal(functionRole)],
          ...(Condition === undefined ? {} : { conditions: { ...Condition } }),
        }),
      );
    }
    return this;
  }

  #warnOfExtensionOfAws(fn: LambdaFunction): void {
    if (!this.#compatibility.includes('parameters-and-secrets')) return;
    if (fn.node.tryFindChild(LAYER_OF_AWS) === undefined) return;
    this.#warn(
      'params-and-secrets',
      `${fn.node.path} has paramsAndSecrets, the extension of AWS whose port this extension serves: remove that property`,
    );
  }

  #warn(id: string, message: string): void {
    Annotations.of(this).addWarningV2(`dynamodb-cache-extension:${id}`, message);
  }

  #allowReads(fn: LambdaFunction): void {
    const { region, account, partition } = Stack.of(fn);
    // The configuration has a stand-in for a name that is known only at deployment.
    const table = this.#environment[VARIABLES.journalTable];
    const journal = table === undefined ? {} : { journal: { table } };
    const policy = policyForConfig({ ...this.#configuration, ...journal }, { region, account, partition });
    if (policy.Statement.length === 0) this.#warn('nothing-granted', NOTHING_GRANTED);
    for (const statement of policy.Statement) fn.addToRolePolicy(this.#allowing(statement));
  }

  /** The statement, with the names that are known only at deployment. */
  #allowing({ Action, Resource }: CachePolicyStatement): PolicyStatement {
    const resources = Resource.map((arn) => withVariables(arn, this.#variables));
    return new PolicyStatement({ actions: [...Action], resources });
  }
}

/** By this id, the property `paramsAndSecrets` of a function adds its layer. */
const LAYER_OF_AWS = 'ParamsAndSecretsLayer';

const NOTHING_GRANTED =
  'No permission is granted, because no cache.yaml lists anything to read. Allow the role of the function what it reads: ssm:GetParameter, secretsmanager:GetSecretValue, appconfig:StartConfigurationSession and appconfig:GetLatestConfiguration';

const journalOf = (
  scope: Construct,
  { journal, settings }: DynamoDbCacheExtensionProps,
): JournalTable | undefined => {
  if (journal === undefined || journal === false) return undefined;
  if (settings?.journalTable !== undefined) {
    throw new Error('journal and settings.journalTable are both given; allowed: one of them');
  }
  return journal === true ? createJournal(scope) : journal;
};
