import type { Body, EntryKey } from '../cache/cache-entry.ts';
import { isObject, type JsonObject } from '../json/json-object.ts';
import {
  decodeBase64,
  isListOf,
  isNumber,
  isText,
  optional,
  parseAwsObject,
  required,
  unreadable,
} from '../named-values/aws-answer.ts';
import { elementsBy, selectBatch, type ValueBatch, valueBatch } from '../named-values/key-batch.ts';
import { arnRegion } from '../named-values/names.ts';
import { goTime, valueBodies } from '../named-values/value-bodies.ts';
import { parseSecretKey, type SecretReference } from './secret-key.ts';

/** The stage that AWS reads by default. */
const CURRENT_STAGE = 'AWSCURRENT';

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
export const selectSecrets = (keys: readonly EntryKey[]): readonly EntryKey[] =>
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

const encoder = new TextEncoder();

/**
 * Encodes the response of `GetSecretValue`, once for each content type.
 *
 * @param response the response body; the body of type `AWS_JSON` is the same array
 * @param requested the secret that the response must be for; absent: any
 * @throws {UnreadableValueError} if it is not a response of `GetSecretValue`, or one for another secret
 * @throws {RangeError} if a content type is not supported
 */
export const secretBodies = (
  response: Uint8Array,
  contentTypes: readonly string[],
  requested?: SecretReference,
): readonly Body[] => {
  const secret = parseAwsObject(response);
  if (requested !== undefined && !isAnswerTo(secret, requested)) return unreadable();
  return bodiesOf(secret, response, contentTypes);
};

/** The characters that Secrets Manager adds to the name in an ARN. */
const RANDOM_SUFFIX = /-[^-]{6}$/;

/** The ARN without the random characters at its end, which also identifies a secret. */
const partialArn = (arn: string): string => arn.replace(RANDOM_SUFFIX, '');

const isAnswerTo = (secret: JsonObject, { id, versionId, stage }: SecretReference): boolean => {
  const arn = required(secret, 'ARN', isText);
  const stages = optional(secret, 'VersionStages', isListOf(isText));
  const wanted = stage ?? (versionId === undefined ? CURRENT_STAGE : undefined);
  return (
    [required(secret, 'Name', isText), arn, partialArn(arn)].includes(id) &&
    (versionId === undefined || optional(secret, 'VersionId', isText) === versionId) &&
    (wanted === undefined || stages === null || stages.includes(wanted))
  );
};

/** Encodes an element of the response of `BatchGetSecretValue` like the response of `GetSecretValue`. */
export const listedSecretBodies = (secret: JsonObject, contentTypes: readonly string[]): readonly Body[] =>
  bodiesOf(secret, encoder.encode(JSON.stringify(secret)), contentTypes);

const bodiesOf = (
  secret: JsonObject,
  response: Uint8Array,
  contentTypes: readonly string[],
): readonly Body[] => {
  const fields = fieldsOf(secret);
  const { SecretString: text, SecretBinary: base64 } = fields;
  const binary = () => decodeBase64(base64 ?? '');
  return valueBodies({ response, text, binary, members: fields }, contentTypes);
};

/** The members of a response in the order of the extension's answer; null if they are absent. */
const fieldsOf = (secret: JsonObject) => {
  const created = optional(secret, 'CreatedDate', isNumber);
  const fields = {
    ARN: required(secret, 'ARN', isText),
    CreatedDate: created === null ? null : goTime(created),
    Name: required(secret, 'Name', isText),
    SecretBinary: optional(secret, 'SecretBinary', isText),
    SecretString: optional(secret, 'SecretString', isText),
    VersionId: optional(secret, 'VersionId', isText),
    VersionStages: optional(secret, 'VersionStages', isListOf(isText)),
  };
  return fields.SecretBinary === null && fields.SecretString === null ? unreadable() : fields;
};
