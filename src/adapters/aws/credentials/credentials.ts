import type { KnownCredentials } from './credential-cache.ts';

/** Credentials from an endpoint, which expire. */
export interface Credentials extends KnownCredentials {
  readonly sessionToken: string;
  readonly expiration: Date;
}

/**
 * Parses the JSON of a credentials endpoint.
 *
 * @throws {CredentialsProviderError}
 */
export const readCredentials = (text: string): Credentials => {
  const fields = fieldsIn(text);
  const credentials = {
    accessKeyId: fieldIn(fields, 'AccessKeyId'),
    secretAccessKey: fieldIn(fields, 'SecretAccessKey'),
    sessionToken: fieldIn(fields, 'Token'),
    expiration: new Date(fieldIn(fields, 'Expiration')),
  };
  if (Number.isNaN(credentials.expiration.getTime())) throw unreadable('Expiration');
  return credentials;
};

const fieldsIn = (text: string): object => {
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields === 'object' && fields !== null) return fields;
  } catch {
    // The parser's message would quote the text, which may contain a secret.
  }
  throw unreadable('object');
};

const fieldIn = (fields: object, name: string): string => {
  const field: unknown = Reflect.get(fields, name);
  if (typeof field !== 'string' || field === '') throw unreadable(name);
  return field;
};

const unreadable = (name: string): CredentialsProviderError =>
  new CredentialsProviderError(`the response of the credentials endpoint has no readable ${name}`);

/** Lists the places that were searched, and the settings to check. */
export const NO_CREDENTIALS =
  'no AWS credentials were found in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the shared config and credentials files, SSO, or the credentials endpoints of Lambda, containers and instances; set these two variables, or AWS_PROFILE outside Lambda';

/** The provider of credentials failed; its error is the cause. */
export class NoCredentialsError extends Error {
  override readonly name = 'NoCredentialsError';

  constructor(cause: unknown) {
    super(NO_CREDENTIALS, { cause });
  }
}

/** No credentials are available. The message contains no part of credentials. */
export class CredentialsProviderError extends Error {
  override readonly name = 'CredentialsProviderError';
}

/** The environment variables of the process. */
export type CredentialsEnvironment = Readonly<Record<string, string | undefined>>;

/** The credentials in environment variables, which come first in the chain of the SDKs; undefined if they are not set. */
export const credentialsIn = (env: CredentialsEnvironment): KnownCredentials | undefined => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  const expiration = env.AWS_CREDENTIAL_EXPIRATION;
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: env.AWS_SESSION_TOKEN || undefined,
    accountId: env.AWS_ACCOUNT_ID || undefined,
    ...(expiration ? { expiration: new Date(expiration) } : {}),
  };
};

/** Whether neither variables nor files, which Lambda does not have, can select FIPS or dual-stack hosts. */
export const wantsPlainHosts = (env: CredentialsEnvironment): boolean =>
  (env.AWS_LAMBDA_RUNTIME_API ?? '') !== '' &&
  env.AWS_CONFIG_FILE === undefined &&
  env.AWS_USE_FIPS_ENDPOINT === undefined &&
  env.AWS_USE_DUALSTACK_ENDPOINT === undefined;
