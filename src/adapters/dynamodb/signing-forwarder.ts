import { OutOfTimeError, type PassingFailure } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ForwardedOperation, OperationForwarder } from '../../ports/operation-forwarder.ts';
import { NotForwardedError } from '../../ports/wire-errors.ts';
import type { WireAnswer } from '../../ports/wire-operations.ts';
import type { UpstreamAnswer } from './arriving-answer.ts';
import { exchange } from './exchange.ts';
import { forwardedHeaders, returnedHeaders } from './forwarded-headers.ts';
import type { KeyRing, KnownCredentials } from './key-ring.ts';
import { signedHeaders, signingTime } from './signed-headers.ts';
import { SigningKeys } from './signing-keys.ts';
import type { UpstreamConnections } from './upstream-connections.ts';

/** Where operations are done. */
export interface Endpoints {
  /** At once if it is known. */
  endpointFor(operation: string, region: string): URL | Promise<URL>;
}

/** What frees the memory of bytes that were passed on. */
export type Sweep = () => void;

/** Bytes passed on between two sweeps, which bounds what lies about. */
const SWEEP_BYTES = 524_288;

/** Sends operations to DynamoDB under signatures of our own, and gives back what it says, byte for byte. */
export class SigningForwarder implements OperationForwarder {
  readonly #keyRing: KeyRing;
  readonly #endpoints: Endpoints;
  readonly #connections: UpstreamConnections;
  readonly #clock: Clock;
  readonly #sweep: Sweep;
  readonly #keys = new SigningKeys();
  #unsweptBytes = 0;

  constructor(
    keyRing: KeyRing,
    endpoints: Endpoints,
    connections: UpstreamConnections,
    clock: Clock,
    sweep: Sweep = () => undefined,
  ) {
    this.#sweep = sweep;
    this.#keyRing = keyRing;
    this.#endpoints = endpoints;
    this.#connections = connections;
    this.#clock = clock;
  }

  /** Nothing is tried twice, but for a repeatable operation that met a connection which had died while it was idle. */
  async forward(operation: ForwardedOperation): Promise<WireAnswer> {
    const { signal } = operation;
    if (signal.aborted) throw givenUp(signal.reason);
    const request = await this.#signed(operation);
    this.#connections.closeStale();
    try {
      return this.#answerOf(await this.#exchange(request, operation.isRepeatable), signal);
    } catch (error) {
      throw signal.aborted ? givenUp(error) : error;
    }
  }

  async #signed(operation: ForwardedOperation) {
    const { headers, body, region, signal } = operation;
    const current = this.#credentials();
    const credentials = 'then' in current ? await current : current;
    const endpoint = this.#endpoints.endpointFor(operation.operation, region);
    const url = 'then' in endpoint ? await endpoint : endpoint;
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
      },
      credentials,
      this.#keys,
    );
    return { url, headers: [...signature, ...forwardedHeaders(headers)], body, signal };
  }

  #credentials(): KnownCredentials | Promise<KnownCredentials> {
    const current = this.#keyRing.current();
    if (!('then' in current)) return current;
    return current.catch((cause: unknown) => {
      throw new NotForwardedError('no credentials are to be had just now', { cause });
    });
  }

  async #exchange(request: Parameters<typeof exchange>[0], isRepeatable: boolean): Promise<UpstreamAnswer> {
    try {
      return await exchange(request, this.#connections);
    } catch (error) {
      const isDead = error instanceof Error && this.#connections.foundDead(error.cause);
      if (!isRepeatable || !isDead || request.signal.aborted) throw error;
      this.#connections.closeIdle();
      return exchange(request, this.#connections);
    }
  }

  #answerOf({ status, headers, body }: UpstreamAnswer, signal: AbortSignal): WireAnswer {
    const isWhole = body instanceof Uint8Array;
    return { status, headers: returnedHeaders(headers), body: isWhole ? body : this.#swept(body, signal) };
  }

  async *#swept(pieces: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
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

const givenUp = (cause: unknown): PassingFailure =>
  new OutOfTimeError('the client gave the operation up', { cause });
