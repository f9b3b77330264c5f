/** No credentials are to be had just now; the message carries no part of any. */
export class CredentialsProviderError extends Error {
  override readonly name = 'CredentialsProviderError';
}
