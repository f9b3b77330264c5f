import { CredentialsProviderError } from './credentials-provider-error.ts';

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
