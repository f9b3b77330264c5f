import { TransientError } from '../../domain/cache/errors.ts';
import { MAX_ANSWER_BYTES } from '../../domain/dynamodb/operations/bypass-reason.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { CredentialCache } from '../aws/credentials/credential-cache.ts';
import { sendRequest, type UpstreamResponse } from '../aws/http-client/http-request.ts';
import { successIn, wholeBody } from '../aws/http-client/read-answer.ts';

import { TransportError } from '../aws/http-client/transport-error.ts';
import type { UpstreamConnections } from '../aws/http-client/upstream-connections.ts';

import { UnusableAnswerError } from '../aws/service-error.ts';
import { ClockSkew, signedHeaders, signingTime } from '../aws/sigv4/signed-headers.ts';
import { SigningKeys } from '../aws/sigv4/sigv4.ts';

import type { OnAnswer, UpstreamCall } from '../aws/upstream.ts';
import type { Endpoints } from './signing-forwarder.ts';

const CONTENT_TYPE = 'application/x-amz-json-1.0';
const USER_AGENT = ['user-agent', 'dynamodb-cache-extension'] as const;

export interface SigningUpstreamParts {
  readonly credentialCache: CredentialCache;
  readonly endpoints: Endpoints;
  readonly connections: UpstreamConnections;
  readonly clock: Clock;
}

/** Makes calls of DynamoDB under signatures of our own. */
export class SigningUpstream {
  readonly #credentialCache: CredentialCache;
  readonly #endpoints: Endpoints;
  readonly #connections: UpstreamConnections;
  readonly #clock: Clock;
  readonly #time: ClockSkew;
  readonly #keys = new SigningKeys();

  constructor({ credentialCache, endpoints, connections, clock }: SigningUpstreamParts) {
    this.#credentialCache = credentialCache;
    this.#endpoints = endpoints;
    this.#connections = connections;
    this.#clock = clock;
    this.#time = new ClockSkew(clock);
  }

  /**
   * The body of the answer. Nothing is tried twice, but for a call that met a connection which had died while it was idle.
   * Rejects at once with the reason of `signal` when that is aborted, else with the errors of `successIn`, those of the
   * provider of credentials, and a `TransportError`.
   */
  send(call: UpstreamCall, region: string, signal: AbortSignal, onAnswer?: OnAnswer): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      // Credentials on their way, and a call that waits for a connection, do not heed it by themselves.
      const giveUp = (): void => reject(signal.reason);
      signal.addEventListener('abort', giveUp, { once: true });
      this.#send(call, region, signal, onAnswer)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', giveUp));
    });
  }

  async #send(
    call: UpstreamCall,
    region: string,
    signal: AbortSignal,
    onAnswer: OnAnswer | undefined,
  ): Promise<Uint8Array> {
    const request = await this.#signed(call, region, signal);
    signal.throwIfAborted();
    this.#connections.closeStale();
    const askedAt = this.#clock.now();
    const answer = await this.#exchange(request);
    const { status, headers } = answer;
    const body = await wholeBody(answer.body, MAX_ANSWER_BYTES).catch(asTransportError);
    this.#time.learn(headers.date, askedAt);
    try {
      const success = successIn({ status, headers, body });
      onAnswer?.(answer.discard);
      return success;
    } catch (error) {
      if (error instanceof UnusableAnswerError) answer.discard();
      throw error;
    }
  }

  async #signed({ operation, input }: UpstreamCall, region: string, signal: AbortSignal) {
    const current = this.#credentialCache.current();
    const credentials = 'then' in current ? await current : current;
    const endpoint = this.#endpoints.endpointFor(operation, region);
    const url = 'then' in endpoint ? await endpoint : endpoint;
    const body = Buffer.from(JSON.stringify(input));
    const signature = signedHeaders(
      {
        host: url.host,
        path: url.pathname,
        target: `DynamoDB_20120810.${operation}`,
        contentType: CONTENT_TYPE,
        body,
        region,
        time: signingTime(this.#time.now()),
      },
      credentials,
      this.#keys,
    );
    return {
      url,
      headers: [...signature, USER_AGENT],
      body,
      signal,
      maxWholeBytes: MAX_ANSWER_BYTES,
    };
  }

  async #exchange(request: Parameters<typeof sendRequest>[0]): Promise<UpstreamResponse> {
    try {
      return await sendRequest(request, this.#connections);
    } catch (error) {
      const isDead = error instanceof Error && this.#connections.foundDead(error.cause);
      if (!isDead || request.signal.aborted) return asTransportError(error);
      this.#connections.closeIdle();
      return sendRequest(request, this.#connections).catch(asTransportError);
    }
  }
}

/** What happened on the wire, in place of the error that the endpoint for SDKs makes of it. */
const asTransportError = (error: unknown): never => {
  if (!(error instanceof TransientError)) throw new TransportError(error);
  throw new TransportError(error.cause, error.message);
};
