import { SourceRefusedError } from '../../domain/cache/errors.ts';
import type { AssumedRole } from '../../domain/iam/assumed-role.ts';
import type { WholeResponse } from './aws-client.ts';
import { type RoleSigners, signerOf } from './credentials/credentials.ts';
import { LazyAwsClient, type LazyAwsClientParts, UNSIGNED_HEADERS } from './lazy-aws-client.ts';
import { asUpstreamError, errorIn, UnusableAnswerError } from './service-errors.ts';

/** Called before a call resolves. `discard` closes the connection of the response. */
export type OnAnswer = (discard: () => void) => void;

/** How a service is called in one of AWS's JSON protocols. */
export interface JsonProtocol {
  /** Name of the service in the scope of a signature, such as `ssm`. */
  readonly service: string;
  /** The part of `X-Amz-Target` before the name of the operation, such as `AmazonSSM.`. */
  readonly targetPrefix: string;
  /** `application/x-amz-json-1.0` or `application/x-amz-json-1.1`. */
  readonly contentType: string;
  /** Bytes of the longest answer. */
  readonly maxAnswerBytes: number;
}

export interface JsonServiceParts extends Omit<LazyAwsClientParts, 'maxConnections'> {
  readonly protocol: JsonProtocol;
  /** The region of calls that name none. */
  readonly region?: string | undefined;
  /** Finds the credentials of calls that name a role. Absent: such calls are refused. */
  readonly roleCredentials?: RoleSigners | undefined;
}

/** Calls operations of one service in its JSON protocol. The AWS client is loaded with the first call. */
export class JsonService {
  readonly #protocol: JsonProtocol;
  readonly #region: string | undefined;
  readonly #roles: RoleSigners | undefined;
  readonly #client: LazyAwsClient;

  constructor({ protocol, region, roleCredentials, ...parts }: JsonServiceParts) {
    this.#protocol = protocol;
    this.#region = region;
    this.#roles = roleCredentials;
    this.#client = new LazyAwsClient(parts);
  }

  /**
   * Makes one call and resolves with the body of its successful response, unchanged.
   * Rejects at once if `signal` is aborted; else with a `ServiceError`, an `UnusableAnswerError`, a `TransportError` or an
   * error of `domain/cache/errors.ts`. Any other error means that the call could not be sent.
   *
   * @param callRegion absent: the region of the function
   * @param onAnswer receives `discard`, for a body that does not answer the call
   */
  async send(
    { operation, input, role }: Omit<JsonCall, 'region'>,
    callRegion: string | undefined,
    signal: AbortSignal,
    onAnswer?: OnAnswer,
  ): Promise<Uint8Array> {
    signal.throwIfAborted();
    const region = callRegion ?? this.#region;
    if (region === undefined) {
      throw new SourceRefusedError(
        'the region of the call is unknown: set region in the configuration, or AWS_REGION',
      );
    }
    const credentials = role && signerOf(role, this.#roles);
    const client = this.#client.loaded ?? (await this.#client.load());
    const { service, targetPrefix, contentType, maxAnswerBytes } = this.#protocol;
    let response: WholeResponse;
    try {
      response = await client.sendWhole({
        service,
        region,
        operation,
        headers: [
          ['content-type', contentType],
          ['x-amz-target', targetPrefix + operation],
        ],
        unsignedHeaders: UNSIGNED_HEADERS,
        body: Buffer.from(JSON.stringify(input)),
        signal,
        credentials,
        maxWholeBytes: maxAnswerBytes,
      });
    } catch (error) {
      throw signal.aborted ? signal.reason : asUpstreamError(error);
    }
    const { status, headers, body, discard } = response;
    // A program in between may return status 200 with any body, and `{}` would be read as an absent item.
    const type = headers['content-type'];
    if (status === 200 && (type === contentType || isOfType(type, contentType))) {
      onAnswer?.(discard);
      return body;
    }
    const error = status === 200 ? new UnusableAnswerError(status) : errorIn(response);
    if (error instanceof UnusableAnswerError) discard();
    throw error;
  }

  dropConnections(): void {
    this.#client.closeIdle();
  }

  /** Closes all connections. Calls in progress fail. */
  close(): void {
    this.#client.close();
  }
}

/** An operation with its input in the JSON of the service. */
export interface JsonCall {
  readonly operation: string;
  readonly input: unknown;
  /** Default: the region of the function. */
  readonly region?: string | undefined;
  /** Default: the function signs as itself. */
  readonly role?: AssumedRole | undefined;
}

const isOfType = (header: string | undefined, contentType: string): boolean =>
  header?.split(';', 1)[0]?.trim().toLowerCase() === contentType;
