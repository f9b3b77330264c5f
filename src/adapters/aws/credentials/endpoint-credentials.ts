import type { IncomingMessage } from 'node:http';
import { collectBody } from '../../../domain/cache/body-collector.ts';
import type { Clock } from '../../../ports/outbound/clock.ts';
import { type Credentials, CredentialsProviderError, readCredentials } from './credentials.ts';

export interface CredentialsEndpoint {
  /** Plain HTTP. */
  readonly url: string;
  /** The value of `Authorization`. */
  readonly token: string;
}

/** With less time left, credentials are renewed in the background while calls still use them. */
const REFRESH_AHEAD_MS = 300_000;
const TIMEOUT_MS = 1_000;

/** Many times the size of credentials. */
const MAX_BODY_BYTES = 65_536;

/** Fetches credentials from an HTTP endpoint and keeps them until they expire. */
export class EndpointCredentials {
  readonly #endpoint: CredentialsEndpoint;
  readonly #clock: Clock;
  #kept: Credentials | undefined;
  #fetching: Promise<Credentials> | undefined;

  constructor(endpoint: CredentialsEndpoint, clock: Clock) {
    this.#endpoint = endpoint;
    this.#clock = clock;
  }

  /**
   * Returns valid credentials: the kept ones, otherwise new ones.
   *
   * @throws {CredentialsProviderError}
   */
  async get(): Promise<Credentials> {
    const kept = this.#kept;
    const leftMs = (kept?.expiration.getTime() ?? 0) - this.#clock.now();
    if (kept === undefined || leftMs <= 0) return this.#fetchOnce();
    // After a failure the next call tries again. Only calls without valid credentials wait.
    if (leftMs < REFRESH_AHEAD_MS) this.#fetchOnce().catch(() => undefined);
    return kept;
  }

  /**
   * Fetches new credentials.
   *
   * @throws {CredentialsProviderError}
   */
  renew(): Promise<Credentials> {
    return this.#fetchOnce();
  }

  #fetchOnce(): Promise<Credentials> {
    this.#fetching ??= this.#fetch().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<Credentials> {
    this.#kept = readCredentials(await this.#ask());
    return this.#kept;
  }

  async #ask(): Promise<string> {
    try {
      const response = await this.#response();
      const text = await textOf(response);
      if (response.statusCode === 200) return text;
    } catch (cause) {
      throw new CredentialsProviderError('the credentials endpoint did not answer', { cause });
    }
    throw new CredentialsProviderError('the credentials endpoint did not return status 200');
  }

  async #response(): Promise<IncomingMessage> {
    // Loaded here, because the standalone layer does not need it at start-up.
    const { request } = await import('node:http');
    return new Promise((resolve, reject) => {
      const options = {
        // A kept connection may not survive a freeze.
        agent: false,
        headers: { Accept: 'application/json', Authorization: this.#endpoint.token },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      };
      request(this.#endpoint.url, options).once('response', resolve).once('error', reject).end();
    });
  }
}

const textOf = async (response: IncomingMessage): Promise<string> =>
  new TextDecoder().decode(await collectBody(response, MAX_BODY_BYTES));
