import type { EntryKey } from '../cache/cache-entry.ts';
import { isObject, type JsonObject } from '../json/json-object.ts';
import { isListOf, isText, optional, parseAwsObject, required } from '../named-values/aws-answer.ts';
import {
  elementsBy,
  type KeyBatch,
  selectBatch,
  type ValueBatch,
  valueBatch,
} from '../named-values/key-batch.ts';
import { arnRegion } from '../named-values/names.ts';
import { CURRENT_STAGE, listedSecretBodies, partialArn } from './secret-bodies.ts';
import { parseSecretKey } from './secret-key.ts';

/** The input of `GetSecretValue`. */
export const getSecretValueInput = (key: EntryKey) => {
  const { id, versionId, stage } = parseSecretKey(key);
  return {
    SecretId: id,
    ...(versionId === undefined ? {} : { VersionId: versionId }),
    ...(stage === undefined ? {} : { VersionStage: stage }),
  };
};

/** The most ids that `BatchGetSecretValue` accepts. */
export const MAX_SECRETS = 20;

/** Selects the keys of one `BatchGetSecretValue` call. They have one region and no version other than the current one. */
export const selectSecrets = (keys: readonly EntryKey[]): KeyBatch =>
  selectBatch(keys, MAX_SECRETS, (key) => {
    const { id, versionId, stage = CURRENT_STAGE } = parseSecretKey(key);
    return versionId === undefined && stage === CURRENT_STAGE ? (arnRegion(id) ?? '') : undefined;
  });

/**
 * The input of `BatchGetSecretValue`.
 *
 * @param keys keys that `selectSecrets` selected
 */
export const batchGetSecretValueInput = (keys: readonly EntryKey[]) => ({
  SecretIdList: [...new Set(keys.map((key) => parseSecretKey(key).id))],
});

/**
 * Reads the response of `BatchGetSecretValue`. Only secrets that the response reports as not found are absent. Keys with
 * other errors are unprocessed, because the error of a single read says more.
 *
 * @param keys the requested keys
 * @throws {UnreadableValueError} if it is not a response of `BatchGetSecretValue`
 */
export const secretBatch = (
  response: Uint8Array,
  keys: readonly EntryKey[],
  contentTypes: readonly string[],
): ValueBatch => {
  const answer = parseAwsObject(response);
  const secrets = required(answer, 'SecretValues', isListOf(isObject)).filter(isCurrent);
  const errors = optional(answer, 'Errors', isListOf(isObject)) ?? [];
  const failed = new Map(errors.map((error) => [optional(error, 'SecretId', isText), isNotFound(error)]));
  const arnOf = (secret: JsonObject) => required(secret, 'ARN', isText);
  const byArn = elementsBy(secrets, arnOf);
  const byName = elementsBy(secrets, (secret) => required(secret, 'Name', isText));
  const byPartialArn = elementsBy(secrets, (secret) => partialArn(arnOf(secret)));
  return valueBatch(keys, (key) => {
    const { id } = parseSecretKey(key);
    // A secret that AWS refuses may have the ARN of another one at its beginning.
    const isMissing = failed.get(id);
    if (isMissing !== undefined) return isMissing ? [] : undefined;
    const secret = byArn.get(id) ?? byName.get(id) ?? byPartialArn.get(id);
    return secret && listedSecretBodies(secret, contentTypes);
  });
};

const isCurrent = (secret: JsonObject): boolean =>
  optional(secret, 'VersionStages', isListOf(isText))?.includes(CURRENT_STAGE) === true;

const isNotFound = (error: JsonObject): boolean =>
  required(error, 'ErrorCode', isText).endsWith('ResourceNotFoundException');
