import type { Address } from '../cache/cache-entry.ts';
import {
  type DecodedPairs,
  firstValues,
  type RefreshRequest,
  refreshRequest,
} from '../named-values/extension-query.ts';
import { MalformedValueNameError } from '../named-values/names.ts';
import type { SecretDirectory } from './secret-directory.ts';
import { type SecretReference, secretReference } from './secret-key.ts';

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
