import type { KnownCredentials } from './credential-cache.ts';

/** The variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The credentials that variables hold, which go before all others in the chain of the SDKs; undefined if there are none. */
export const credentialsIn = (env: Environment): KnownCredentials | undefined => {
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
export const wantsPlainHosts = (env: Environment): boolean =>
  (env.AWS_LAMBDA_RUNTIME_API ?? '') !== '' &&
  env.AWS_CONFIG_FILE === undefined &&
  env.AWS_USE_FIPS_ENDPOINT === undefined &&
  env.AWS_USE_DUALSTACK_ENDPOINT === undefined;
