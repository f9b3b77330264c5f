import { createHash, randomUUID } from 'node:crypto';
import { AwsError } from './errors.ts';
import type { Account } from './service.ts';

/** The value of a secret: text or bytes. */
export type SecretValue =
  | { readonly string: string; readonly binary?: never }
  | { readonly binary: Uint8Array; readonly string?: never };

/** A value, and how its version is stored. */
export type SecretInput = SecretValue & {
  /** A UUID by default. */
  readonly versionId?: string;
  /** `AWSCURRENT` by default. */
  readonly stages?: readonly string[];
} & SecretDescription;

export interface SecretDescription {
  readonly description?: string;
  /** `alias/aws/secretsmanager` by default. */
  readonly keyId?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface SecretVersion {
  readonly id: string;
  /** Undefined in a version that a failed rotation left empty. */
  readonly value: SecretValue | undefined;
  readonly createdMs: number;
  readonly stages: Set<string>;
}

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly createdMs: number;
  changedMs: number;
  description: string | undefined;
  keyId: string;
  tags: Readonly<Record<string, string>>;
  readonly versions: SecretVersion[];
  /** When it is deleted for good, if it is marked for deletion. */
  deletionMs: number | undefined;
  /** When it was marked for deletion. */
  deletedMs: number | undefined;
}

export interface VersionChoice {
  readonly id?: string | undefined;
  /** `AWSCURRENT` by default, unless an id is given. */
  readonly stage?: string | undefined;
}

/** What `RotateSecret` stores as the new value. */
export type Rotation = (before: SecretValue | undefined) => SecretValue;

const DAY_MS = 24 * 3600_000;
const MARKED = "You can't perform this operation on the secret because it was marked for deletion.";

/** The secrets of the account, for tests and for the operations. */
export class SecretStore {
  readonly #account: Account;
  readonly #secrets = new Map<string, Secret>();
  readonly #rotations = new Map<string, Rotation>();
  #created = 0;

  constructor(account: Account) {
    this.#account = account;
  }

  /** Creates a secret, or a new version of it. Returns the version's id. */
  put(name: string, input: SecretInput): string {
    const { description, keyId, tags, versionId = randomUUID(), stages = ['AWSCURRENT'] } = input;
    const secret = this.#secrets.get(name) ?? this.create(name, {});
    if (description !== undefined) secret.description = description;
    if (keyId !== undefined) secret.keyId = keyId;
    if (tags !== undefined) secret.tags = tags;
    this.addVersion(secret, versionId, valueIn(input), stages);
    return versionId;
  }

  /** Adds an empty version with the stage `AWSPENDING`, as a failed rotation leaves it. Returns its id. */
  putPending(name: string): string {
    const versionId = randomUUID();
    this.addVersion(this.get(name), versionId, undefined, ['AWSPENDING']);
    return versionId;
  }

  /** Stores a new value as `AWSCURRENT`; the one before becomes `AWSPREVIOUS`. Returns the new version's id. */
  rotate(name: string, value: SecretValue): string {
    const versionId = randomUUID();
    this.addVersion(this.get(name), versionId, value, ['AWSCURRENT']);
    return versionId;
  }

  /** Sets the value that `RotateSecret` stores; a random text by default. */
  onRotate(name: string, rotation: Rotation): void {
    this.#rotations.set(name, rotation);
  }

  markForDeletion(name: string, days = 30): void {
    const secret = this.get(name);
    secret.deletedMs = this.#account.now();
    secret.deletionMs = secret.deletedMs + days * DAY_MS;
  }

  /** Deletes it at once. */
  delete(name: string): void {
    this.#secrets.delete(name);
  }

  /** @throws {AwsError} if the secret does not exist */
  arnOf(name: string): string {
    return this.get(name).arn;
  }

  /** Creates a secret without a version. */
  create(name: string, { description, keyId, tags = {} }: SecretDescription): Secret {
    this.#created += 1;
    const createdMs = this.#account.now();
    const secret: Secret = {
      name,
      arn: `${this.partialArnOf(name)}-${suffixOf(`${name}#${this.#created}`)}`,
      createdMs,
      changedMs: createdMs,
      description,
      keyId: keyId ?? 'alias/aws/secretsmanager',
      tags,
      versions: [],
      deletionMs: undefined,
      deletedMs: undefined,
    };
    this.#secrets.set(name, secret);
    return secret;
  }

  /**
   * Adds a version and moves stages to it. The first version always becomes `AWSCURRENT`.
   *
   * @throws {AwsError} `ResourceExistsException` if the id is in use with another value
   */
  addVersion(
    secret: Secret,
    id: string,
    value: SecretValue | undefined,
    stages: readonly string[],
  ): SecretVersion {
    const existing = secret.versions.find((version) => version.id === id);
    if (existing && !isSame(existing.value, value))
      throw new AwsError(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
        { member: 'Message' },
      );
    const version = existing ?? { id, value, createdMs: this.#account.now(), stages: new Set<string>() };
    const isFirst = secret.versions.length === 0;
    if (!existing) secret.versions.push(version);
    for (const stage of isFirst ? ['AWSCURRENT', ...stages] : stages) this.moveStage(secret, stage, version);
    secret.changedMs = this.#account.now();
    return version;
  }

  /** Attaches a stage to one version only. The version that loses `AWSCURRENT` becomes `AWSPREVIOUS`. */
  moveStage(secret: Secret, stage: string, to: SecretVersion | undefined): void {
    const from = secret.versions.find(({ stages }) => stages.has(stage));
    if (from === to) return;
    from?.stages.delete(stage);
    to?.stages.add(stage);
    if (stage === 'AWSCURRENT' && from) this.moveStage(secret, 'AWSPREVIOUS', from);
  }

  newValue({ name, versions }: Secret): SecretValue {
    const current = versions.find(({ stages }) => stages.has('AWSCURRENT'))?.value;
    return this.#rotations.get(name)?.(current) ?? { string: randomUUID() };
  }

  /** Those that are not past their deletion date. */
  all(): readonly Secret[] {
    const now = this.#account.now();
    return [...this.#secrets.values()].filter(
      ({ deletionMs = Number.POSITIVE_INFINITY }) => deletionMs > now,
    );
  }

  /** By name, ARN, or ARN without the last hyphen and six characters. */
  find(id: string): Secret | undefined {
    const partial = id.startsWith('arn:');
    return this.all().find(
      ({ name, arn }) => name === id || (partial && (arn === id || this.partialArnOf(name) === id)),
    );
  }

  /** @throws {AwsError} `ResourceNotFoundException` */
  get(id: string): Secret {
    const secret = this.find(id);
    if (secret) return secret;
    throw notFound("Secrets Manager can't find the specified secret.");
  }

  /** @throws {AwsError} also if it is marked for deletion */
  getActive(id: string): Secret {
    const secret = this.get(id);
    if (secret.deletedMs === undefined) return secret;
    throw new AwsError('InvalidRequestException', MARKED, { member: 'Message' });
  }

  /** The ARN without its random part. */
  partialArnOf(name: string): string {
    return this.#account.arn('secretsmanager', `secret:${name}`);
  }
}

/**
 * The version that a read names.
 *
 * @throws {AwsError} if there is none, or if the stage is not of that version
 */
export function chosenVersion({ versions }: Secret, { id, stage }: VersionChoice): SecretVersion {
  const wanted = stage ?? 'AWSCURRENT';
  const found = versions.find((each) => (id === undefined ? each.stages.has(wanted) : each.id === id));
  // A version without a value is answered as if it did not exist.
  if (found?.value === undefined) {
    const named = id === undefined ? `staging label: ${wanted}` : `VersionId: ${id}`;
    throw notFound(`Secrets Manager can't find the specified secret value for ${named}`);
  }
  if (id !== undefined && stage !== undefined && !found.stages.has(stage))
    throw new AwsError(
      'InvalidRequestException',
      'You provided a VersionStage that is not associated to the provided VersionId.',
      { member: 'Message' },
    );
  return found;
}

/** The value without the rest of an input. */
function valueIn(input: SecretValue): SecretValue {
  return input.string === undefined ? { binary: input.binary } : { string: input.string };
}

function isSame(one: SecretValue | undefined, other: SecretValue | undefined): boolean {
  if (one?.binary !== undefined && other?.binary !== undefined)
    return Buffer.compare(one.binary, other.binary) === 0;
  return one?.string === other?.string && one?.binary === other?.binary;
}

const notFound = (text: string) => new AwsError('ResourceNotFoundException', text, { member: 'Message' });

/** Six letters and digits, the same in each run. */
const suffixOf = (text: string) =>
  createHash('sha256').update(text).digest('base64').replaceAll(/[+/=]/g, '').slice(0, 6);
