import type { IncomingMessage } from 'node:http';
import { collectBody } from '../../../domain/cache/body-collector.ts';
import type { Clock } from '../../../ports/outbound/clock.ts';
import { type Credentials, CredentialsProviderError } from './credentials.ts';
import { ExpiringCredentials, retryAfterFreeze } from './expiring-credentials.ts';

export interface CredentialsEndpoint {
  /** Plain HTTP. */
  readonly url: string;
  /** The value of `Authorization`. */
  readonly token: string;
}

const TIMEOUT_MS = 1_000;

/** Many times the size of credentials. */
const MAX_BODY_BYTES = 65_536;

/** Fetches credentials from an HTTP endpoint and keeps them until they expire. Rejects with a `CredentialsProviderError`. */
export class EndpointCredentials extends ExpiringCredentials {
  constructor(endpoint: CredentialsEndpoint, clock: Clock) {
    const attempt = async (signal: AbortSignal) => readCredentials(await ask(endpoint, signal));
    super(() => retryAfterFreeze(attempt, TIMEOUT_MS, clock), clock);
  }
}

const ask = async (endpoint: CredentialsEndpoint, signal: AbortSignal): Promise<string> => {
  try {
    const response = await responseOf(endpoint, signal);
    const text = await textOf(response);
    if (response.statusCode === 200) return text;
  } catch (cause) {
    throw new CredentialsProviderError('the credentials endpoint did not answer', { cause });
  }
  throw new CredentialsProviderError('the credentials endpoint did not return status 200');
};

const responseOf = async (
  { url, token }: CredentialsEndpoint,
  signal: AbortSignal,
): Promise<IncomingMessage> => {
  // Loaded here, because the standalone layer does not need it at start-up.
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const options = {
      // A kept connection may not survive a freeze.
      agent: false,
      headers: { Accept: 'application/json', Authorization: token },
      signal,
    };
    request(url, options).once('response', resolve).once('error', reject).end();
  });
};

const textOf = async (response: IncomingMessage): Promise<string> =>
  new TextDecoder().decode(await collectBody(response, MAX_BODY_BYTES));

/**
 * Parses the JSON of a credentials endpoint.
 *
 * @throws {CredentialsProviderError}
 */
const readCredentials = (text: string): Credentials => {
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
