/** For people: where credentials are looked for, and what to set. */
export const NO_CREDENTIALS =
  'no AWS credentials were found in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the shared config and credentials files, SSO, or the credentials endpoints of Lambda, containers and instances; set these two variables, or AWS_PROFILE outside Lambda';

/** There are no credentials now; the message carries no part of any. */
export class CredentialsProviderError extends Error {
  override readonly name = 'CredentialsProviderError';
}
