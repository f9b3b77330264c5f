import {
  CacheError,
  DeadlineExceededError,
  SourceRefusedError,
  type TransientError,
} from '../../domain/cache/errors.ts';
import {
  type ClientSignal,
  HOP_HEADER,
  NotForwardedError,
  type WireAnswer,
  type WireHeaders,
} from '../../ports/inbound/wire-operations.ts';
import type { ForwardedOperation, OperationForwarder } from '../../ports/outbound/operation-forwarder.ts';
import type { AwsClient } from './aws-client.ts';
import {
  type CredentialCache,
  NoCredentialsError,
  type RoleSigners,
  signerOf,
} from './credentials/credentials.ts';
import { LazyAwsClient, type LazyAwsClientParts } from './lazy-aws-client.ts';

/** Frees the memory of bytes that were forwarded. */
export type Sweep = () => void;

export interface AwsForwarderParts extends Omit<LazyAwsClientParts, 'maxConnections'> {
  /** Name of the service in the scope of a signature, such as `dynamodb`. */
  readonly service: string;
  /** Finds the credentials of operations that name a role. Absent: such operations are refused. */
  readonly roleCredentials?: RoleSigners | undefined;
  /** Called with the first operation. Default: memory is not swept. */
  readonly makeSweep?: () => Promise<Sweep>;
}

/** The default limit of connections from the function: an operation should not wait for slow ones. */
const MAX_CONNECTIONS = 256;

/** Bytes forwarded between two sweeps, which limits the memory that they occupy. */
const SWEEP_BYTES = 1_048_576;

/**
 * Forwards operations to one service of AWS under a new signature and returns the response unchanged. The AWS client is loaded with the
 * first operation.
 */
export class AwsForwarder implements OperationForwarder {
  readonly #service: string;
  readonly #credentialCache: CredentialCache;
  readonly #roles: RoleSigners | undefined;
  readonly #makeSweep: (() => Promise<Sweep>) | undefined;
  readonly #client: LazyAwsClient;
  #sweep: Sweep | undefined;
  #unsweptBytes = 0;

  constructor({ service, makeSweep, roleCredentials, ...parts }: AwsForwarderParts) {
    this.#roles = roleCredentials;
    this.#service = service;
    this.#credentialCache = parts.credentialCache;
    this.#makeSweep = makeSweep;
    this.#client = new LazyAwsClient({ ...parts, maxConnections: MAX_CONNECTIONS });
  }

  async forward(operation: ForwardedOperation): Promise<WireAnswer> {
    const { signal, role } = operation;
    const credentials = role && signerOf(role, this.#roles);
    const client = this.#client.loaded ?? (await this.#load());
    if (signal.aborted) throw clientAborted();
    const { signed, unsigned } = forwardedHeaders(operation.headers);
    try {
      const { status, headers, body, discard } = await client.send({
        service: this.#service,
        region: operation.region,
        operation: operation.operation,
        headers: signed,
        unsignedHeaders: unsigned,
        body: operation.body,
        signal,
        credentials,
        // The AWS SDK corrects its clock by the `Date` of responses, so the client's own time is right.
        time: operation.headers.get('x-amz-date') ?? undefined,
        isRepeatable: operation.isRepeatable,
      });
      const passedOn = body instanceof Uint8Array ? body : this.#swept(body, signal);
      return { status, headers: returnedHeaders(headers), body: passedOn, discard };
    } catch (error) {
      if (signal.aborted) throw clientAborted(error);
      if (!(error instanceof NoCredentialsError)) throw error;
      const { cause } = error;
      // A role that cannot be assumed, and why.
      if (cause instanceof SourceRefusedError) throw cause;
      throw new NotForwardedError(cause instanceof CacheError ? cause.message : error.message, { cause });
    }
  }

  /** Loads the AWS client and the credentials before the first operation. That operation reports errors. */
  async warmUp(): Promise<void> {
    await Promise.allSettled([this.#load(), this.#credentialCache.current()]);
  }

  /** Closes idle connections. */
  dropConnections(): void {
    this.#client.closeIdle();
  }

  /** Closes all connections. Operations in progress fail. */
  close(): void {
    this.#client.close();
  }

  async #load(): Promise<AwsClient> {
    this.#sweep ??= await this.#makeSweep?.();
    return this.#client.load();
  }

  async *#swept(pieces: AsyncIterable<Uint8Array>, signal: ClientSignal): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of pieces) {
        yield piece;
        this.#unsweptBytes += piece.byteLength;
        if (this.#unsweptBytes < SWEEP_BYTES) continue;
        this.#unsweptBytes = 0;
        this.#sweep?.();
      }
    } catch (error) {
      throw signal.aborted ? clientAborted(error) : error;
    }
  }
}

const clientAborted = (cause?: unknown): TransientError =>
  new DeadlineExceededError('the client aborted the operation', { cause });

/** Headers of the connection or of the old signature, headers that the client adds, and headers for the extension only. */
const NOT_FORWARDED: ReadonlySet<string> = new Set([
  'accept-encoding',
  'authorization',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-amz-content-sha256',
  'x-amz-date',
  'x-amz-security-token',
  'x-aws-parameters-secrets-token',
  HOP_HEADER,
]);

const NOT_RETURNED: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Splits the headers of a client into those to sign, those to forward unsigned, and those to leave out. AWS requires every
 * `x-amz-*` header to be signed.
 */
const forwardedHeaders = (headers: WireHeaders) => {
  const signed: [name: string, value: string][] = [];
  const unsigned: [name: string, value: string][] = [];
  const ofConnection = namesIn(headers.get('connection'));
  headers.forEach((value, name) => {
    if (NOT_FORWARDED.has(name) || ofConnection.includes(name)) return;
    (name.startsWith('x-amz-') || name === 'content-type' ? signed : unsigned).push([name, value]);
  });
  unsigned.push(['accept-encoding', 'identity'], [HOP_HEADER, '1']);
  return { signed, unsigned };
};

/** The names of further headers of the connection, which `Connection` lists (RFC 9110, 7.6.1). */
const namesIn = (connection: string | null): readonly string[] =>
  connection === null || connection === 'keep-alive' ? [] : connection.toLowerCase().split(/[\s,]+/);

/** The headers of the service's response that are returned to the client. */
const returnedHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> => {
  const returned: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (value !== undefined && !NOT_RETURNED.has(name)) returned[name] = value;
  }
  return returned;
};
