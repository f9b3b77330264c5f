import type { KnownCredentials } from './credential-cache.ts';

/** What requests are signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/**
 * Reads the JSON in which endpoints give out credentials.
 *
 * @throws {CredentialsProviderError}
 */
export const readCredentials = (text: string): Credentials => {
  const fields = fieldsIn(text);
  const credentials = {
    accessKeyId: wordIn(fields, 'AccessKeyId'),
    secretAccessKey: wordIn(fields, 'SecretAccessKey'),
    sessionToken: wordIn(fields, 'Token'),
    expiration: new Date(wordIn(fields, 'Expiration')),
  };
  if (Number.isNaN(credentials.expiration.getTime())) throw unreadable('Expiration');
  return credentials;
};

const fieldsIn = (text: string): object => {
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields === 'object' && fields !== null) return fields;
  } catch {
    // The parser's message would quote what it could not read, which may be a secret.
  }
  throw unreadable('object');
};

const wordIn = (fields: object, name: string): string => {
  const word: unknown = Reflect.get(fields, name);
  if (typeof word !== 'string' || word === '') throw unreadable(name);
  return word;
};

const unreadable = (what: string): CredentialsProviderError =>
  new CredentialsProviderError(`the endpoint for credentials answered without a readable ${what}`);

/** For people: where credentials are looked for, and what to set. */
export const NO_CREDENTIALS =
  'no AWS credentials were found in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the shared config and credentials files, SSO, or the credentials endpoints of Lambda, containers and instances; set these two variables, or AWS_PROFILE outside Lambda';

/** The provider of credentials failed; its error is the cause. */
export class NoCredentialsError extends Error {
  override readonly name = 'NoCredentialsError';

  constructor(cause: unknown) {
    super(NO_CREDENTIALS, { cause });
  }
}

/** There are no credentials now; the message carries no part of any. */
export class CredentialsProviderError extends Error {
  override readonly name = 'CredentialsProviderError';
}

/** The variables of the process. */
export type CredentialsEnvironment = Readonly<Record<string, string | undefined>>;

/** The credentials that variables hold, which go before all others in the chain of the SDKs; undefined if there are none. */
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

/** Whether nobody can have asked for other hosts than a region's plain ones: neither variables, nor files, which a sandbox has not. */
export const wantsPlainHosts = (env: CredentialsEnvironment): boolean =>
  (env.AWS_LAMBDA_RUNTIME_API ?? '') !== '' &&
  env.AWS_CONFIG_FILE === undefined &&
  env.AWS_USE_FIPS_ENDPOINT === undefined &&
  env.AWS_USE_DUALSTACK_ENDPOINT === undefined;
