import { SourceRefusedError, TransientError } from '../../domain/cache/errors.ts';
import {
  type AttributeMap,
  isAwsJson,
  MAX_ANSWER_BYTES,
  TYPED,
} from '../../domain/dynamodb/json/dynamodb-json.ts';
import type { Projected } from '../../domain/dynamodb/model/projection.ts';
import type { WholeResponse } from '../aws/aws-client.ts';
import { NoCredentialsError } from '../aws/credentials/credentials.ts';
import {
  ResponseTooLongError,
  type ServiceLabel,
  TransportError,
} from '../aws/http-client/transport-error.ts';
import { LazyAwsClient, type LazyAwsClientParts } from '../aws/lazy-aws-client.ts';
import { errorIn, UnusableAnswerError } from '../aws/service-error.ts';

interface GetItemRequest extends Projected {
  readonly TableName: string;
  readonly Key: AttributeMap;
  readonly ConsistentRead: boolean;
}

interface KeysRequest extends Projected {
  readonly Keys: readonly AttributeMap[];
  readonly ConsistentRead: boolean;
}

interface BatchGetItemRequest {
  readonly RequestItems: Readonly<Record<string, KeysRequest>>;
}

interface ScanRequest extends Projected {
  readonly TableName: string;
  readonly Segment?: number;
  readonly TotalSegments?: number;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: AttributeMap;
  readonly ConsistentRead: boolean;
}

/** A DynamoDB operation, with its input in DynamoDB's JSON. */
export type UpstreamCall =
  | { readonly operation: 'GetItem'; readonly input: GetItemRequest }
  | { readonly operation: 'BatchGetItem'; readonly input: BatchGetItemRequest }
  | { readonly operation: 'Scan'; readonly input: ScanRequest };

/** Called before a call resolves. `discard` closes the connection of the response. */
export type OnAnswer = (discard: () => void) => void;

/** The calls of DynamoDB that the item source makes. */
export interface Upstream {
  /**
   * Makes one call and resolves with the body of its successful response, unchanged.
   * Rejects at once if `signal` is aborted; else with a `ServiceError`, an `UnusableAnswerError`, a `TransportError` or an
   * error of `domain/cache/errors.ts`. Any other error means that the call could not be sent.
   *
   * @param region absent: the region of the function
   * @param onAnswer receives `discard`, for a body that does not answer the call
   */
  send(
    call: UpstreamCall,
    region: string | undefined,
    signal: AbortSignal,
    onAnswer?: OnAnswer,
  ): Promise<Uint8Array>;
  /** Closes idle connections. */
  dropConnections?(): void;
}

export interface DynamoDbUpstreamParts extends Omit<LazyAwsClientParts, 'label' | 'maxConnections'> {
  /** The region of tables that name none. */
  readonly region?: string | undefined;
}

/** How messages name DynamoDB and its setting. */
export const DYNAMODB: ServiceLabel = {
  name: 'DynamoDB',
  endpointSetting: 'CACHE_EXTENSION_DYNAMODB_ENDPOINT',
};

const CONTENT_TYPE = ['content-type', TYPED] as const;
const UNSIGNED_HEADERS = [['user-agent', 'dynamodb-cache-extension']] as const;

/** Calls DynamoDB in its JSON protocol. The AWS client is loaded with the first call. */
export class DynamoDbUpstream implements Upstream {
  readonly #region: string | undefined;
  readonly #client: LazyAwsClient;

  constructor({ region, ...parts }: DynamoDbUpstreamParts) {
    this.#region = region;
    this.#client = new LazyAwsClient({ ...parts, label: DYNAMODB });
  }

  async send(
    { operation, input }: UpstreamCall,
    tableRegion: string | undefined,
    signal: AbortSignal,
    onAnswer?: OnAnswer,
  ): Promise<Uint8Array> {
    signal.throwIfAborted();
    const region = tableRegion ?? this.#region;
    if (region === undefined) {
      throw new SourceRefusedError(
        'the region of the table is unknown: set region in the configuration, or AWS_REGION',
      );
    }
    const client = this.#client.loaded ?? (await this.#client.load());
    let response: WholeResponse;
    try {
      response = await client.sendWhole({
        service: 'dynamodb',
        region,
        operation,
        headers: [CONTENT_TYPE, ['x-amz-target', `DynamoDB_20120810.${operation}`]],
        unsignedHeaders: UNSIGNED_HEADERS,
        body: Buffer.from(JSON.stringify(input)),
        signal,
        maxWholeBytes: MAX_ANSWER_BYTES,
      });
    } catch (error) {
      throw signal.aborted ? signal.reason : asUpstreamError(error);
    }
    const { status, headers, body, discard } = response;
    // A program in between may return status 200 with any body, and `{}` would be read as an absent item.
    const type = headers['content-type'];
    if (status === 200 && (type === TYPED || isAwsJson(type))) {
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

/** The error that `Upstream` documents: a `TransportError` for failures of the connection, the provider's for credentials. */
const asUpstreamError = (error: unknown): unknown => {
  if (error instanceof NoCredentialsError) return error.cause;
  if (error instanceof TransientError) return new TransportError(error.cause, error.message);
  return error instanceof ResponseTooLongError ? new TransportError(error) : error;
};
