import type { Address, EntryKey } from '../cache/cache-entry.ts';
import type { Coherence } from '../cache/coherence.ts';
import type { Lifetimes } from '../cache/ttl-policy.ts';
import type { AssumedRole } from '../iam/assumed-role.ts';
import {
  type DecodedPairs,
  firstValues,
  type RefreshRequest,
  refreshRequest,
} from '../named-values/extension-query.ts';
import { checkedName, MalformedValueNameError, ValueNotListedError } from '../named-values/names.ts';
import { secretKey, type SecretReference, secretReference } from './secret-key.ts';

/** The secrets that one entry of `cache.yaml` lists, with all their versions and stages. */
export interface SecretGroup {
  readonly group: string;
  /** Names or ARNs. A name does not list the ARN of its secret, and an ARN not the name. */
  readonly ids: readonly string[];
}

/** An entry of `cache.yaml`, with its settings. */
export interface ListedSecrets extends Pick<SecretGroup, 'ids'> {
  /** The stage to preload. Default: that of requests without a stage. */
  readonly stage?: string;
  /** Default: the region of the function. */
  readonly region?: string;
  /** Default: the function's own. */
  readonly role?: AssumedRole;
  readonly preload: boolean;
  readonly lifetimes: Lifetimes;
  /** Absent: `ttl`. */
  readonly coherence?: Coherence;
}

/** Finds the group of a secret. */
export class SecretDirectory {
  readonly #groups: ReadonlyMap<string, string>;
  readonly #onDemandGroup: string | undefined;

  /**
   * @param onDemandGroup group of all secrets that are not listed; absent if requests for them are rejected
   * @throws {MalformedValueNameError} if a listed id is malformed
   */
  constructor(groups: readonly SecretGroup[], onDemandGroup?: string) {
    this.#groups = new Map(
      groups.flatMap(({ group, ids }) => ids.map((id) => [checkedName(id, 'id'), group] as const)),
    );
    this.#onDemandGroup = onDemandGroup;
  }

  /**
   * Returns the key of a secret.
   *
   * @throws {MalformedValueNameError} if a part of the reference is malformed
   * @throws {ValueNotListedError} if the secret belongs to no group
   */
  keyOf({ id, versionId, stage }: SecretReference): EntryKey {
    const reference = secretReference(id, versionId, stage);
    const group = this.#groups.get(reference.id) ?? this.#onDemandGroup;
    if (group === undefined) throw new ValueNotListedError('secret');
    return secretKey(stage === PENDING_STAGE ? pendingGroup(group) : group, reference);
  }
}

/** The stage of a version that a running rotation still changes. */
export const PENDING_STAGE = 'AWSPENDING';

/** The group of the pending versions of the secrets of a group, which are not cached. */
export const pendingGroup = (group: string): string => `${group}:pending`;

/** Parses the query of `/secrets`: `id`, and `versionId` and `stage`, which are not sent to AWS if they are absent. */
export class SecretAddressParser {
  /** The names of the supported query parameters. */
  readonly parameters: readonly string[] = ['id', 'versionId', 'stage'];
  readonly #directory: SecretDirectory;

  constructor(directory: SecretDirectory) {
    this.#directory = directory;
  }

  /**
   * Returns the address of the secret.
   *
   * @param query parameters by name, decoded
   * @throws {MalformedValueNameError | ValueNotListedError}
   */
  parse(query: ReadonlyMap<string, string>): Address {
    const id = query.get('id');
    if (id === undefined) throw new MalformedValueNameError('id is required');
    const key = this.#directory.keyOf(secretReference(id, query.get('versionId'), query.get('stage')));
    return { group: key.group, key };
  }
}

/** A request to `/secretsmanager/get` of the compatible listener. */
export interface SecretExtensionRequest extends RefreshRequest {
  readonly secret: SecretReference;
}

/**
 * Parses the query of `/secretsmanager/get`. Unknown parameters are ignored.
 *
 * @throws {MalformedValueNameError} if the id is missing, or a part is malformed
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
 */
export const parseSecretQuery = (pairs: DecodedPairs): SecretExtensionRequest => {
  const values = firstValues(pairs);
  return {
    secret: secretReference(
      values.get('secretId') ?? '',
      values.get('versionId'),
      values.get('versionStage'),
    ),
    ...refreshRequest(values),
  };
};
