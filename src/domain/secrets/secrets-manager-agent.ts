import { parseAwsObject } from '../named-values/aws-answer.ts';

const encoder = new TextEncoder();

/**
 * Encodes the response of `GetSecretValue` like AWS's Secrets Manager Agent: absent members are left out, and the date is text.
 *
 * @throws {UnreadableValueError} if it is not a JSON object
 * @see https://github.com/aws/aws-workload-credentials-provider
 */
export const secretsManagerAgentJson = (response: Uint8Array): Uint8Array => {
  const { ARN, Name, VersionId, SecretString, SecretBinary, VersionStages, CreatedDate } =
    parseAwsObject(response);
  const created = typeof CreatedDate === 'number' ? String(CreatedDate) : undefined;
  const secret = { ARN, Name, VersionId, SecretString, SecretBinary, VersionStages, CreatedDate: created };
  return encoder.encode(JSON.stringify(secret));
};
