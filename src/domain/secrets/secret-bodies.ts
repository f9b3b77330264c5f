import type { Body } from '../cache/cache-entry.ts';
import type { JsonObject } from '../json/json-object.ts';
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
import { goTime } from '../named-values/go-json.ts';
import { valueBodies } from '../named-values/value-bodies.ts';
import type { SecretReference } from './secret-key.ts';

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
export const partialArn = (arn: string): string => arn.replace(RANDOM_SUFFIX, '');

/** The stage that AWS reads by default. */
export const CURRENT_STAGE = 'AWSCURRENT';

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
