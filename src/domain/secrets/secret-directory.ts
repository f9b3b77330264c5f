import type { EntryKey } from '../cache/cache-entry.ts';
import type { Coherence } from '../cache/coherence.ts';
import type { Lifetimes } from '../cache/ttl-policy.ts';
import type { AssumedRole } from '../iam/assumed-role.ts';
import { checkedName, ValueNotListedError } from '../named-values/names.ts';
import { type SecretReference, secretKey, secretReference } from './secret-key.ts';

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
