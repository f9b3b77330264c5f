import type { EntryKey } from '../cache/cache-entry.ts';
import { isListOf, isText, optional, parseAwsObject, required } from '../named-values/aws-answer.ts';
import { arnRegion } from '../named-values/names.ts';
import {
  composedResponse,
  hasOnlyMembers,
  isReadOperation,
  type RegionOfGroup,
  type RequestReading,
  type ValueOperations,
} from '../named-values/value-operations.ts';
import { PENDING_STAGE, type SecretDirectory } from './secret-directory.ts';
import { parseSecretKey, type SecretReference } from './secret-key.ts';
import { MAX_SECRETS, secretBatch } from './secret-calls.ts';

/** AWS's answer for a secret that does not exist. For a version or a stage it has another message. */
const NOT_FOUND = composedResponse(
  '{"__type":"ResourceNotFoundException","Message":"Secrets Manager can\'t find the specified secret."}',
  400,
);

const decoder = new TextDecoder();

/** The operations of Secrets Manager. */
export const secretOperations = (directory: SecretDirectory, regionOf: RegionOfGroup): ValueOperations => {
  const keyOf = (reference: SecretReference, region: string): EntryKey | undefined => {
    const key = directory.keyOf(reference);
    // AWS says what it makes of white space.
    const { id, versionId, stage } = parseSecretKey(key);
    if (id !== reference.id || versionId !== reference.versionId || stage !== reference.stage)
      return undefined;
    return (arnRegion(reference.id) ?? regionOf(key.group)) === region ? key : undefined;
  };

  const getSecretValue: RequestReading = (input, region) => {
    if (!hasOnlyMembers(input, ['SecretId', 'VersionId', 'VersionStage'])) return undefined;
    const versionId = optional(input, 'VersionId', isText);
    const stage = optional(input, 'VersionStage', isText);
    const reference = {
      id: required(input, 'SecretId', isText),
      ...(versionId === null ? {} : { versionId }),
      ...(stage === null ? {} : { stage }),
    };
    const key = stage === PENDING_STAGE ? undefined : keyOf(reference, region);
    const isPlain = versionId === null && stage === null;
    return (
      key && {
        keys: [key],
        compose: ([body]) => (body === undefined ? (isPlain ? NOT_FOUND : undefined) : { status: 200, body }),
      }
    );
  };

  const batchGetSecretValue: RequestReading = (input, region) => {
    if (!hasOnlyMembers(input, ['SecretIdList'])) return undefined;
    const ids = required(input, 'SecretIdList', isListOf(isText));
    const keys = ids.map((id) => keyOf({ id }, region)).filter((key) => key !== undefined);
    const isWhole = keys.length === ids.length && new Set(ids).size === ids.length;
    if (!isWhole || ids.length === 0 || ids.length > MAX_SECRETS) return undefined;
    return { keys, compose: batchResponse, sort: secretBatch };
  };

  return {
    reads: new Map([
      ['GetSecretValue', getSecretValue],
      ['BatchGetSecretValue', batchGetSecretValue],
    ]),
    // Whatever else changes a secret may change its value, its versions, or who may read it.
    isWrite: (operation) => !isReadOperation(operation),
  };
};

/** AWS decides how it answers absent secrets, and two names of one secret. */
const batchResponse = (bodies: readonly (Uint8Array | undefined)[]) => {
  const found = bodies.filter((body) => body !== undefined);
  const arns = new Set(found.map((body) => required(parseAwsObject(body), 'ARN', isText)));
  if (arns.size < bodies.length) return undefined;
  const secrets = found.map((body) => decoder.decode(body));
  return composedResponse(`{"Errors":[],"SecretValues":[${secrets.join(',')}]}`);
};
