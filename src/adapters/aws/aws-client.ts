import { collectBody } from '../../domain/cache/body-collector.ts';
import type { ClientSignal } from '../../ports/inbound/wire-operations.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import {
  type CredentialCache,
  type KnownCredentials,
  NoCredentialsError,
  type SigningCredentials,
} from './credentials/credentials.ts';
import {
  type HeaderPairs,
  type HttpMethod,
  type HttpRequestOptions,
  sendRequest,
  type UpstreamResponse,
} from './http-client/http-request.ts';
import { ResponseTooLongError } from './http-client/transport-error.ts';
import type { UpstreamConnections } from './http-client/upstream-connections.ts';
import { hasExpired, rejectsSignature } from './service-errors.ts';
import { canonicalQuery, type QueryPairs, SigningKeys, signedHeaders, signingTime } from './sigv4/sigv4.ts';

/** One call of an AWS service. */
export interface AwsRequest {
  /** Name of the service in the scope of a signature, such as `dynamodb`. */
  readonly service: string;
  /** The first label of the host of the service. Default: `service`. */
  readonly hostLabel?: string;
  readonly region: string;
  /** Finds the endpoint together with service and region: some operations have a host of their own. */
  readonly operation: string;
  /** Default: POST. */
  readonly method?: HttpMethod;
  /** Begins with `/`; each segment is percent-encoded once. Appended to the path of the endpoint. Default: `/`. */
  readonly path?: string;
  /** Not encoded yet, in any order. */
  readonly query?: QueryPairs;
  /** Sent and signed: names in lower case, in any order, each once. The client adds host, date and session token. */
  readonly headers: HeaderPairs;
  /** Sent without being signed. */
  readonly unsignedHeaders?: HeaderPairs;
  readonly body?: Uint8Array;
  readonly signal: ClientSignal;
  /** Default: those of the function. */
  readonly credentials?: SigningCredentials | undefined;
  /** Signing time, in the form `20260101T000000Z`. Default: the clock, corrected by the `Date` of responses. */
  readonly time?: string | undefined;
  /** `send` returns longer bodies in pieces, default 64 KiB. `sendWhole` rejects them. */
  readonly maxWholeBytes?: number;
  /** Whether to repeat the call if a kept connection turns out to be closed. Default: true. */
  readonly isRepeatable?: boolean;
}

/** A call whose response is read whole. */
export interface WholeRequest extends AwsRequest {
  readonly maxWholeBytes: number;
}

/** Finds the URL of a service by the first label of its host, at once if it is known. */
export interface Endpoints {
  endpointFor(operation: string, region: string, hostLabel: string): URL | Promise<URL>;
}

export interface AwsClientParts {
  readonly credentialCache: CredentialCache;
  readonly endpoints: Endpoints;
  readonly connections: UpstreamConnections;
  readonly clock: Clock;
}

/** A response with all of its body. */
export interface WholeResponse extends UpstreamResponse {
  readonly body: Uint8Array;
}

interface KeptEndpoint extends Pick<AwsRequest, 'region' | 'operation'> {
  readonly hostLabel: string;
  readonly url: URL;
  readonly host: string;
  readonly pathname: string;
}

/** Signing or sending a larger body takes a millisecond or longer, so other work runs in between. */
const LARGE_BODY_BYTES = 1_048_576;

/** More than one process uses: a few regions, and the operations called in each. */
const MAX_KEPT_ENDPOINTS = 64;

const NO_BODY = new Uint8Array();

/** Signs and sends calls of AWS services. Loaded by `LazyAwsClient`, because it needs TLS. */
export class AwsClient {
  readonly connections: UpstreamConnections;
  readonly #credentialCache: CredentialCache;
  readonly #endpoints: Endpoints;
  readonly #clock: Clock;
  readonly #skew: ClockSkew;
  readonly #keys = new SigningKeys();
  /** The latest first. */
  #kept: KeptEndpoint[] = [];

  constructor({ credentialCache, endpoints, connections, clock }: AwsClientParts) {
    this.connections = connections;
    this.#credentialCache = credentialCache;
    this.#endpoints = endpoints;
    this.#clock = clock;
    this.#skew = new ClockSkew(clock);
  }

  /**
   * Sends one call. Nothing is retried, except a repeatable call that met a closed connection.
   *
   * @throws {NoCredentialsError} by rejection, if the provider of credentials failed
   * @throws {TransientError} by rejection, if no connection was made or the response broke off. If `signal` is aborted, it
   * rejects at once with any error. Errors of `endpoints` pass through.
   */
  async send(request: AwsRequest): Promise<UpstreamResponse> {
    const { signal, isRepeatable = true, credentials: signing = this.#credentialCache } = request;
    const known = signing.current();
    const credentials = 'then' in known ? await untilAborted(known.catch(noCredentials), signal) : known;
    const found = this.#endpointOf(request);
    const endpoint = 'then' in found ? await untilAborted(found, signal) : found;
    const signed = this.#signed(request, credentials, endpoint);
    if (signed.body.byteLength > LARGE_BODY_BYTES) await new Promise((resolve) => setImmediate(resolve));
    this.connections.closeStale();
    const askedAt = this.#clock.now();
    const response = await sendRequest(signed, this.connections).catch((error: unknown) => {
      const isDead = error instanceof Error && this.connections.foundDead(error.cause);
      if (!isDead || !isRepeatable || signal.aborted) throw error;
      this.connections.closeIdle();
      return sendRequest(signed, this.connections);
    });
    if (request.time === undefined) this.#skew.learn(response.headers.date, askedAt);
    return response;
  }

  /**
   * Does the same, and reads the whole body. A call that was rejected because the credentials of its role have expired is
   * repeated once with new ones; one whose signature was rejected because of a wrong time, once with the right time.
   *
   * @throws {ResponseTooLongError} by rejection, if the body is longer than `maxWholeBytes`
   */
  async sendWhole(request: WholeRequest): Promise<WholeResponse> {
    const { credentials } = request;
    if (credentials?.discard === undefined) return this.#sendWhole(request);
    const known = credentials.current();
    const used = 'then' in known ? await untilAborted(known.catch(noCredentials), request.signal) : known;
    const response = await this.#sendWhole({ ...request, credentials: { current: () => used } });
    return hasExpired(response) && credentials.discard(used.accessKeyId)
      ? this.#sendWhole(request)
      : response;
  }

  async #sendWhole(request: WholeRequest): Promise<WholeResponse> {
    const { aheadMs } = this.#skew;
    const response = await this.#sendOnce(request);
    return this.#skew.hasMovedFrom(aheadMs) && rejectsSignature(response)
      ? this.#sendOnce(request)
      : response;
  }

  async #sendOnce(request: WholeRequest): Promise<WholeResponse> {
    const { status, headers, body, discard } = await this.send(request);
    return { status, headers, body: await wholeBody(body, request.maxWholeBytes), discard };
  }

  #endpointOf({
    service,
    hostLabel = service,
    region,
    operation,
  }: AwsRequest): KeptEndpoint | Promise<KeptEndpoint> {
    for (const kept of this.#kept) {
      if (kept.region === region && kept.operation === operation && kept.hostLabel === hostLabel) return kept;
    }
    const keep = (url: URL): KeptEndpoint => {
      const { host, pathname } = url;
      const kept = { hostLabel, region, operation, url, host, pathname };
      if (this.#kept.length >= MAX_KEPT_ENDPOINTS) this.#kept = [];
      this.#kept.unshift(kept);
      return kept;
    };
    const found = this.#endpoints.endpointFor(operation, region, hostLabel);
    return 'then' in found ? found.then(keep) : keep(found);
  }

  #signed(
    request: AwsRequest,
    credentials: KnownCredentials,
    { url, host, pathname }: KeptEndpoint,
  ): HttpRequestOptions {
    const { service, region, method = 'POST', headers, body = NO_BODY, signal, maxWholeBytes } = request;
    const path = request.path === undefined ? pathname : pathname.replace(/\/$/, '') + request.path;
    const query = request.query === undefined ? '' : canonicalQuery(request.query);
    const time = request.time ?? signingTime(this.#skew.now());
    const signed = signedHeaders(
      { service, region, method, host, path, query, headers, body, time },
      credentials,
      this.#keys,
    );
    for (const header of request.unsignedHeaders ?? []) signed.push(header);
    const target = query === '' ? path : `${path}?${query}`;
    return { url, target, method, headers: signed, body, signal, maxWholeBytes };
  }
}

const noCredentials = (cause: unknown): never => {
  throw new NoCredentialsError(cause);
};

/** Settles as `pending` does, or rejects as soon as `signal` is aborted. */
const untilAborted = <Value>(pending: Promise<Value>, signal: ClientSignal): Promise<Value> =>
  new Promise((resolve, reject) => {
    const listener = { handleEvent: () => reject(new Error('the call was aborted')) };
    if (signal.aborted) listener.handleEvent();
    signal.addEventListener('abort', listener);
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', listener));
  });

/**
 * Reads all bytes of a body. Rejects with the error that broke it off.
 *
 * @param maxBytes limit for a body in pieces; a longer one ends the connection
 * @throws {ResponseTooLongError} by rejection, if the body is longer
 */
export const wholeBody = async (body: UpstreamResponse['body'], maxBytes: number): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  const tooLong = () => new ResponseTooLongError(`the body is longer than ${maxBytes} bytes`);
  return collectBody(body, maxBytes, tooLong);
};

/** Ignore smaller differences, because AWS accepts them. The SDK has the same limit. */
const TOLERATED_MS = 240_000;

/** Ignore the date of a response that took longer, by a freeze or a step of the clock. */
const MAX_AGE_MS = 60_000;

/** The format of `Date` (RFC 9110, 5.6.7). */
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The year in a signature has four digits. */
const EARLIEST = Date.UTC(2000, 0);

const LATEST = Date.UTC(10_000, 0) - 1;

/** The time to sign with: the local clock, corrected if responses of AWS show that it is wrong. */
export class ClockSkew {
  readonly #clock: Clock;
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How far the time of AWS is ahead of the local clock, in milliseconds. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** Whether AWS rejects signatures with the time that was right before. `Date` has whole seconds. */
  hasMovedFrom(aheadMs: number): boolean {
    return Math.abs(this.#aheadMs - aheadMs) >= TOLERATED_MS;
  }

  /** Milliseconds since the epoch, limited to the years 2000 to 9999. */
  now(): number {
    return Math.min(Math.max(this.#clock.now() + this.#aheadMs, EARLIEST), LATEST);
  }

  /**
   * Learns the time from a response.
   *
   * @param date its `Date`; ignored if it is malformed or outside the years above
   * @param askedAt local wall time at which the request was sent
   */
  learn(date: string | undefined, askedAt: number): void {
    const now = this.#clock.now();
    const tookMs = now - askedAt;
    const theirs = date !== undefined && IMF_FIXDATE.test(date) ? Date.parse(date) : Number.NaN;
    if (!(theirs >= EARLIEST && theirs <= LATEST) || tookMs < 0 || tookMs > MAX_AGE_MS) return;
    const aheadMs = theirs - now;
    this.#aheadMs = Math.abs(aheadMs) < TOLERATED_MS ? 0 : aheadMs;
  }
}
