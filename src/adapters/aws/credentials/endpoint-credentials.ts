import type { IncomingMessage } from 'node:http';
import { collectBody } from '../../../domain/cache/body-collector.ts';
import type { Clock } from '../../../ports/outbound/clock.ts';
import { CredentialsProviderError, readCredentials } from './credentials.ts';
import { ExpiringCredentials } from './expiring-credentials.ts';

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
    super(async () => readCredentials(await ask(endpoint)), clock);
  }
}

const ask = async (endpoint: CredentialsEndpoint): Promise<string> => {
  try {
    const response = await responseOf(endpoint);
    const text = await textOf(response);
    if (response.statusCode === 200) return text;
  } catch (cause) {
    throw new CredentialsProviderError('the credentials endpoint did not answer', { cause });
  }
  throw new CredentialsProviderError('the credentials endpoint did not return status 200');
};

const responseOf = async ({ url, token }: CredentialsEndpoint): Promise<IncomingMessage> => {
  // Loaded here, because the standalone layer does not need it at start-up.
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const options = {
      // A kept connection may not survive a freeze.
      agent: false,
      headers: { Accept: 'application/json', Authorization: token },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    request(url, options).once('response', resolve).once('error', reject).end();
  });
};

const textOf = async (response: IncomingMessage): Promise<string> =>
  new TextDecoder().decode(await collectBody(response, MAX_BODY_BYTES));
