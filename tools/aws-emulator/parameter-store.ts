import { createHash } from 'node:crypto';
import { AwsError, validationError } from './errors.ts';
import type { Account } from './service.ts';

export type ParameterType = 'String' | 'StringList' | 'SecureString';
export const PARAMETER_TYPES: readonly ParameterType[] = ['String', 'StringList', 'SecureString'];

export interface ParameterInput {
  readonly value: string;
  /** By default as before, or `String`. */
  readonly type?: ParameterType;
  /** Attached to the new version, and removed from older ones. */
  readonly labels?: readonly string[];
  /** The KMS key of a SecureString, `alias/aws/ssm` by default. */
  readonly keyId?: string;
  /** `text` by default. */
  readonly dataType?: string;
}

export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly type: ParameterType;
  readonly keyId: string | undefined;
  readonly dataType: string;
  readonly modifiedMs: number;
  readonly labels: Set<string>;
}

export interface Parameter {
  /** As first stored. */
  readonly name: string;
  readonly arn: string;
  /** From old to new; never empty. */
  readonly versions: ParameterVersion[];
}

/** A parameter as a request refers to it. */
export interface ParameterReference {
  /** The spelling to answer, or undefined after an ARN, which is answered with the stored name. */
  readonly name: string | undefined;
  /** Without the leading slash: `app` and `/app` are one parameter. */
  readonly key: string;
  /** With its colon: `:1`, `:Dev`. */
  readonly selector: string | undefined;
}

const MAX_VERSIONS = 100;
const MAX_LABELS = 10;
const BAD_SELECTOR =
  'Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>';
const BAD_NAME =
  'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';

/** The parameters of the account, for tests and for the operations. */
export class ParameterStore {
  readonly #account: Account;
  readonly #parameters = new Map<string, Parameter>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** Creates a parameter, or a new version of it. Returns the version. */
  put(name: string, { value, type, labels = [], keyId, dataType = 'text' }: ParameterInput): number {
    const key = keyOf(name);
    const parameter = this.#parameters.get(key) ?? { name, arn: this.arnOf(name), versions: [] };
    const before = parameter.versions.at(-1);
    const newType = type ?? before?.type ?? 'String';
    const version = (before?.version ?? 0) + 1;
    parameter.versions.push({
      version,
      value,
      type: newType,
      keyId: newType === 'SecureString' ? (keyId ?? before?.keyId ?? 'alias/aws/ssm') : undefined,
      dataType,
      modifiedMs: this.#account.now(),
      labels: new Set(),
    });
    if (parameter.versions.length > MAX_VERSIONS) parameter.versions.shift();
    this.#parameters.set(key, parameter);
    if (labels.length > 0) this.label(name, version, labels);
    return version;
  }

  /** Whether there was such a parameter. */
  delete(name: string): boolean {
    return this.#parameters.delete(keyOf(name));
  }

  /**
   * Attaches labels to a version and removes them from the others.
   *
   * @throws {AwsError} if the parameter or the version does not exist, or has more than 10 labels afterwards
   */
  label(name: string, version: number, labels: readonly string[]): void {
    const parameter = this.get(keyOf(name));
    const labelled = versionOf(parameter, `:${version}`, name);
    if (new Set([...labelled.labels, ...labels]).size > MAX_LABELS)
      throw new AwsError(
        'ParameterVersionLabelLimitExceeded',
        `A parameter version can have maximum ${MAX_LABELS} labels.`,
      );
    for (const each of parameter.versions) for (const label of labels) each.labels.delete(label);
    for (const label of labels) labelled.labels.add(label);
  }

  all(): readonly Parameter[] {
    return [...this.#parameters.values()];
  }

  find(key: string): Parameter | undefined {
    return this.#parameters.get(key);
  }

  /** @throws {AwsError} `ParameterNotFound`, without a message as in AWS */
  get(key: string): Parameter {
    const parameter = this.#parameters.get(key);
    if (parameter) return parameter;
    throw new AwsError('ParameterNotFound');
  }

  /**
   * Reads the `Name` of a request: a name or an ARN, with or without a selector.
   *
   * @throws {AwsError} `ValidationException`
   */
  refer(text: string): ParameterReference {
    const trimmed = text.trim();
    const arn = /^arn:[\w-]+:ssm:([\w-]*):(\d*):parameter\/(.*)$/s.exec(trimmed);
    const [, region, accountId, resource] = arn ?? [];
    const [name = '', ...selectors] = (resource ?? trimmed).split(':');
    const [selector] = selectors;
    if (selectors.length > 1 || selector === '') throw validationError(BAD_SELECTOR);
    checkName(name);
    if (!arn && /^[^/]+\//.test(name))
      throw validationError('Parameter name must be a fully qualified name.');
    const isElsewhere =
      arn !== null &&
      (region !== this.#account.region || !['', this.#account.accountId].includes(accountId ?? ''));
    return {
      name: arn ? undefined : name,
      key: isElsewhere ? trimmed : keyOf(name),
      selector: selector === undefined ? undefined : `:${selector}`,
    };
  }

  /** @throws {AwsError} `AccessDeniedException` */
  authorize(action: string, { key, name }: ParameterReference): void {
    this.#account.authorize(`ssm:${action}`, this.arnOf(key), name ?? `/${key}`, `/${key}`);
  }

  /** The ARN of a parameter, which need not exist. Those of AWS itself have no account. */
  arnOf(name: string): string {
    const key = keyOf(name);
    const arn = this.#account.arn('ssm', `parameter/${key}`);
    return key.startsWith('aws/service/') ? arn.replace(`:${this.#account.accountId}:`, '::') : arn;
  }
}

/**
 * The version that a selector names, or the newest.
 *
 * @throws {AwsError} `ParameterVersionNotFound`
 */
export function versionOf(
  { versions }: Parameter,
  selector: string | undefined,
  spelled: string,
): ParameterVersion {
  const wanted = selector?.slice(1);
  const found = versions.findLast(
    ({ version, labels }) =>
      wanted === undefined || (/^\d+$/.test(wanted) ? version === Number(wanted) : labels.has(wanted)),
  );
  if (found) return found;
  throw new AwsError(
    'ParameterVersionNotFound',
    `Systems Manager could not find version ${wanted} of ${spelled}. Verify the version and try again.`,
  );
}

/** The same for the same version, and without the value in a readable form. Begins with `AQICAH`. */
export function ciphertextOf({ arn }: Parameter, { version, value }: ParameterVersion): string {
  const opaque = createHash('sha512')
    .update(JSON.stringify([arn, version, value]))
    .digest();
  // The first bytes of a ciphertext of KMS.
  return Buffer.concat([Buffer.from([1, 2, 2, 0, 0x78]), opaque]).toString('base64');
}

/** @throws {AwsError} `ValidationException` */
export function checkName(name: string): void {
  if (!/^[\w./-]+$/.test(name)) throw validationError(BAD_NAME);
}

export const keyOf = (name: string) => name.replace(/^\//, '');
