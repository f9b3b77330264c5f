import { setImmediate as othersRun } from 'node:timers/promises';
import { DeadlineExceededError, type TransientError } from '../../domain/cache/errors.ts';
import {
  type ClientSignal,
  NotForwardedError,
  type WireAnswer,
} from '../../ports/inbound/wire-operations.ts';

import type { Clock } from '../../ports/outbound/clock.ts';
import type { ForwardedOperation, OperationForwarder } from '../../ports/outbound/operation-forwarder.ts';
import type { CredentialCache, KnownCredentials } from '../aws/credentials/credential-cache.ts';
import { NO_CREDENTIALS } from '../aws/credentials/credentials.ts';
import {
  type HttpRequestOptions,
  sendRequest,
  type UpstreamResponse,
} from '../aws/http-client/http-request.ts';

import type { UpstreamConnections } from '../aws/http-client/upstream-connections.ts';
import { signedHeaders, signingTime } from '../aws/sigv4/signed-headers.ts';
import { SigningKeys } from '../aws/sigv4/sigv4.ts';

import { forwardedHeaders, returnedHeaders } from './forwarded-headers.ts';

/** Where operations are done. */
export interface Endpoints {
  /** At once if it is known. */
  endpointFor(operation: string, region: string): URL | Promise<URL>;
}

/** What frees the memory of bytes that were passed on. */
export type Sweep = () => void;

/** To sign a body of more bytes takes a millisecond or longer, and so does sending it. */
const LARGE_BODY_BYTES = 1_048_576;

/** Bytes passed on between two sweeps, which bounds what lies about. */
const SWEEP_BYTES = 1_048_576;

/** Sends operations to DynamoDB under signatures of our own, and gives back what it says, byte for byte. */
export class SigningForwarder implements OperationForwarder {
  readonly #credentialCache: CredentialCache;
  readonly #endpoints: Endpoints;
  readonly #connections: UpstreamConnections;
  readonly #clock: Clock;
  readonly #sweep: Sweep;
  readonly #keys = new SigningKeys();
  #unsweptBytes = 0;

  constructor(
    credentialCache: CredentialCache,
    endpoints: Endpoints,
    connections: UpstreamConnections,
    clock: Clock,
    sweep: Sweep = () => undefined,
  ) {
    this.#sweep = sweep;
    this.#credentialCache = credentialCache;
    this.#endpoints = endpoints;
    this.#connections = connections;
    this.#clock = clock;
  }

  /** Nothing is tried twice, but for a repeatable operation that met a connection which had died while it was idle. */
  async forward(operation: ForwardedOperation): Promise<WireAnswer> {
    const { signal, isRepeatable } = operation;
    if (signal.aborted) throw givenUp();
    const known = this.#credentials();
    const credentials = 'then' in known ? await known : known;
    const endpoint = this.#endpoints.endpointFor(operation.operation, operation.region);
    const request = this.#signed(operation, credentials, 'then' in endpoint ? await endpoint : endpoint);
    if (request.body.byteLength > LARGE_BODY_BYTES) await othersRun();
    this.#connections.closeStale();
    try {
      return this.#answerOf(await sendRequest(request, this.#connections), signal);
    } catch (error) {
      if (signal.aborted) throw givenUp(error);
      if (!isRepeatable || !this.#foundDead(error)) throw error;
    }
    return this.#forwardAnew(request);
  }

  async #forwardAnew(request: HttpRequestOptions): Promise<WireAnswer> {
    this.#connections.closeIdle();
    try {
      return this.#answerOf(await sendRequest(request, this.#connections), request.signal);
    } catch (error) {
      throw request.signal.aborted ? givenUp(error) : error;
    }
  }

  #foundDead(error: unknown): boolean {
    return error instanceof Error && this.#connections.foundDead(error.cause);
  }

  #signed(operation: ForwardedOperation, credentials: KnownCredentials, url: URL): HttpRequestOptions {
    const { headers, body, region, signal } = operation;
    const { signed, unsigned } = forwardedHeaders(headers);
    const signature = signedHeaders(
      {
        host: url.host,
        path: url.pathname,
        target: headers.get('x-amz-target') ?? '',
        contentType: headers.get('content-type'),
        body,
        region,
        // The client's own time: it has corrected that by what DynamoDB told it, which is why it is told DynamoDB's.
        time: headers.get('x-amz-date') ?? signingTime(this.#clock.now()),
        more: signed,
      },
      credentials,
      this.#keys,
    );
    return { url, headers: [...signature, ...unsigned], body, signal };
  }

  #credentials(): KnownCredentials | Promise<KnownCredentials> {
    const current = this.#credentialCache.current();
    if (!('then' in current)) return current;
    return current.catch((cause: unknown) => {
      throw new NotForwardedError(NO_CREDENTIALS, { cause });
    });
  }

  #answerOf({ status, headers, body, discard }: UpstreamResponse, signal: ClientSignal): WireAnswer {
    const isWhole = body instanceof Uint8Array;
    const passedOn = isWhole ? body : this.#swept(body, signal);
    return { status, headers: returnedHeaders(headers), body: passedOn, discard };
  }

  async *#swept(pieces: AsyncIterable<Uint8Array>, signal: ClientSignal): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of pieces) {
        yield piece;
        this.#unsweptBytes += piece.byteLength;
        if (this.#unsweptBytes < SWEEP_BYTES) continue;
        this.#unsweptBytes = 0;
        this.#sweep();
      }
    } catch (error) {
      throw signal.aborted ? givenUp(error) : error;
    }
  }
}

const givenUp = (cause?: unknown): TransientError =>
  new DeadlineExceededError('the client gave the operation up', { cause });
