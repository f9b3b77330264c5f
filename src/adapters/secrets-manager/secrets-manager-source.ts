import { AWS_JSON } from '../../domain/named-values/value-bodies.ts';
import {
  batchGetSecretValueInput,
  getSecretValueInput,
  MAX_SECRETS,
  secretBatch,
  secretBodies,
  selectSecrets,
} from '../../domain/secrets/secret-calls.ts';
import { parseSecretKey } from '../../domain/secrets/secret-key.ts';
import { type ValueProtocol, ValueSource, type ValueSourceParts } from '../aws/value-source.ts';

/** The longest answer, in bytes: twenty secrets have 1.3 MB, and JSON may escape each character. */
const MAX_ANSWER_BYTES = 8 * 1_048_576;

/** Secrets Manager, as a service of AWS. */
export const SECRETS_MANAGER: ValueProtocol = {
  label: { name: 'Secrets Manager', endpointSetting: 'CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT' },
  protocol: {
    service: 'secretsmanager',
    targetPrefix: 'secretsmanager.',
    contentType: AWS_JSON,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  },
  noun: 'secret',
  permissionPrefix: 'secretsmanager',
  hints: new Map([
    ['DecryptionFailure', 'the key that encrypts the secret cannot be used, check kms:Decrypt'],
    ['InvalidParameterException', 'the id, version or stage is malformed'],
    ['InvalidRequestException', 'the secret is marked for deletion, or has no such stage in this version'],
  ]),
  absences: new Set(['ResourceNotFoundException']),
  one: {
    operation: 'GetSecretValue',
    input: getSecretValueInput,
    read: (response, key, contentTypes) => secretBodies(response, contentTypes, parseSecretKey(key)),
  },
  many: { operation: 'BatchGetSecretValue', input: batchGetSecretValueInput, read: secretBatch },
  select: selectSecrets,
  batchLimit: MAX_SECRETS,
  nameOf: (key) => parseSecretKey(key).id,
};

/** Reads secrets of Secrets Manager: one by one, and in twenties. */
export class SecretsManagerSource extends ValueSource {
  constructor(parts: ValueSourceParts) {
    super(SECRETS_MANAGER, parts);
  }
}
