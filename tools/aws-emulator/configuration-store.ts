import { createHash } from 'node:crypto';
import type { Account } from './service.ts';

/** The name of a resource, or its name and id. Without an id, one is derived from the name. */
export type Identifier = string | { readonly name: string; readonly id: string };

export interface ConfigurationAddress {
  readonly application: Identifier;
  readonly environment: Identifier;
  readonly profile: Identifier;
}

export interface ConfigurationContent {
  readonly bytes: Uint8Array | string;
  /** Answered as it is, such as `application/json`. */
  readonly contentType: string;
  readonly versionLabel?: string;
}

/** A feature flag as it is stored: its attributes, or variants of which the last is the default. */
export type StoredFlag = Readonly<Record<string, unknown>> & {
  readonly enabled?: boolean;
  readonly _variants?: readonly StoredVariant[];
};

export interface StoredVariant {
  readonly name: string;
  readonly enabled: boolean;
  readonly attributeValues?: Readonly<Record<string, unknown>>;
  readonly rule?: string;
}

/** A deployed configuration. */
export interface Configuration {
  readonly application: Resource;
  readonly environment: Resource;
  readonly profile: Resource;
  readonly arn: string;
  readonly content: ConfigurationContent;
  /** Counts the deployments. */
  readonly deployment: number;
  readonly deployedMs: number;
}

interface Resource {
  readonly name: string;
  readonly id: string;
}

/** The kind of resource that is missing. */
export type MissingResource = 'Application' | 'Environment' | 'ConfigurationProfile';

/** The deployed configurations of the account. */
export class ConfigurationStore {
  readonly #account: Account;
  readonly #configurations = new Map<string, Configuration>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** Deploys a configuration, at once and completely. */
  put(address: ConfigurationAddress, content: ConfigurationContent): void {
    const application = resourceOf(address.application);
    const environment = resourceOf(address.environment, application.id);
    const profile = resourceOf(address.profile, application.id);
    const arn = this.#account.arn(
      'appconfig',
      `application/${application.id}/environment/${environment.id}/configuration/${profile.id}`,
    );
    const deployment = (this.#configurations.get(arn)?.deployment ?? 0) + 1;
    const deployedMs = this.#account.now();
    this.#configurations.set(arn, {
      application,
      environment,
      profile,
      arn,
      content,
      deployment,
      deployedMs,
    });
  }

  /** Deploys feature flags, in the form that clients get without asking for variants: with the default variant. */
  putFlags(
    address: ConfigurationAddress,
    flags: Readonly<Record<string, StoredFlag>>,
    versionLabel?: string,
  ): void {
    const retrieved = Object.entries(flags).map(([name, flag]) => [name, retrievedFlag(flag)]);
    this.put(address, {
      bytes: JSON.stringify(Object.fromEntries(retrieved)),
      contentType: 'application/json',
      ...(versionLabel === undefined ? {} : { versionLabel }),
    });
  }

  /** Stops a deployment: sessions on it are answered with 404. */
  delete(address: ConfigurationAddress): void {
    const found = this.find(
      nameOf(address.application),
      nameOf(address.environment),
      nameOf(address.profile),
    );
    if (typeof found !== 'string') this.#configurations.delete(found.arn);
  }

  /** By names or ids. Returns the kind of resource that is missing if there is no such configuration. */
  find(application: string, environment: string, profile: string): Configuration | MissingResource {
    const ofApplication = [...this.#configurations.values()].filter((each) =>
      isNamed(each.application, application),
    );
    if (ofApplication.length === 0) return 'Application';
    const ofEnvironment = ofApplication.filter((each) => isNamed(each.environment, environment));
    if (ofEnvironment.length === 0) return 'Environment';
    return ofEnvironment.find((each) => isNamed(each.profile, profile)) ?? 'ConfigurationProfile';
  }

  get(arn: string): Configuration | undefined {
    return this.#configurations.get(arn);
  }
}

const nameOf = (identifier: Identifier) => (typeof identifier === 'string' ? identifier : identifier.name);

const isNamed = ({ name, id }: Resource, wanted: string) => name === wanted || id === wanted;

function resourceOf(identifier: Identifier, parent = ''): Resource {
  if (typeof identifier !== 'string') return identifier;
  const digits = createHash('sha256').update(`${parent}/${identifier}`).digest('hex');
  // Seven letters and digits, as in AWS.
  return { name: identifier, id: BigInt(`0x${digits}`).toString(36).slice(0, 7) };
}

function retrievedFlag(flag: StoredFlag): Readonly<Record<string, unknown>> {
  const variant = flag._variants?.at(-1);
  if (variant) {
    const { name, enabled, attributeValues } = variant;
    return { ...(enabled ? attributeValues : {}), _variant: name, enabled };
  }
  if (flag.enabled !== true) return { enabled: false };
  const { _createdAt, _updatedAt, ...rest } = flag;
  return rest;
}
