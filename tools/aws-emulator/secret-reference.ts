import { AwsError, validationError } from './errors.ts';
import { encodeGson, Timestamp } from './json.ts';
import { chosenVersion, type Secret, type SecretStore, type SecretVersion } from './secret-store.ts';
import type { Account } from './service.ts';

const PREFIX = '/aws/reference/secretsmanager/';

/** The secret that a parameter name refers to, with its selector, or undefined if it refers to none. */
export function secretOf(name: string): string | undefined {
  const trimmed = name.trim();
  return trimmed.startsWith(PREFIX) ? trimmed.slice(PREFIX.length) : undefined;
}

/**
 * Reads a secret as a parameter: `/aws/reference/secretsmanager/<name>[:<stage or version id>]`.
 *
 * @throws {AwsError}
 */
export function readReference(spelled: string, decrypted: boolean, account: Account, secrets: SecretStore) {
  if (!decrypted)
    throw validationError('WithDecryption flag must be True for retrieving a Secret Manager secret.');
  const [name = '', selector] = (secretOf(spelled) ?? '').split(':');
  const secret = secrets.find(name);
  account.authorize('secretsmanager:GetSecretValue', secret?.arn ?? secrets.partialArnOf(name), name);
  const version = referencedVersion(secret, name, selector);
  return {
    ARN: secret?.arn,
    LastModifiedDate: new Timestamp(version.createdMs),
    Name: PREFIX + name,
    Selector: selector === undefined ? undefined : `:${selector}`,
    SourceResult: sourceResult(secret, version),
    Type: 'SecureString',
    Value: version.value?.string,
    Version: 0,
  };
}

function referencedVersion(
  secret: Secret | undefined,
  name: string,
  selector: string | undefined,
): SecretVersion {
  if (!secret || secret.deletedMs !== undefined)
    throw new AwsError(
      'ParameterNotFound',
      `An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret ${PREFIX}${name} not found.`,
    );
  const byId = secret.versions.some(({ id }) => id === selector);
  try {
    return chosenVersion(secret, byId ? { id: selector } : { stage: selector });
  } catch {
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${selector} of ${PREFIX}${name}. Verify the version and try again.`,
    );
  }
}

/** The answer of Secrets Manager as Java prints it, with the fields of a `ByteBuffer` around bytes. */
function sourceResult(secret: Secret | undefined, { id, value, stages, createdMs }: SecretVersion): string {
  const bytes = value?.binary;
  return encodeGson({
    ARN: secret?.arn,
    name: secret?.name,
    versionId: id,
    secretString: value?.string,
    secretBinary: bytes && {
      hb: [...new Int8Array(bytes)],
      offset: 0,
      isReadOnly: false,
      bigEndian: true,
      nativeByteOrder: false,
      mark: -1,
      position: 0,
      limit: bytes.length,
      capacity: bytes.length,
      address: 16,
    },
    versionStages: [...stages],
    createdDate: new Date(createdMs)
      .toLocaleString('en-US', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' })
      // Newer versions of Node.js have a narrow space before AM and PM.
      .replace('\u202f', ' '),
  });
}
