import { type AttributeMap, MAX_ANSWER_BYTES, TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import type { Projected } from '../../domain/dynamodb/model/projection.ts';
import type { ServiceLabel } from '../aws/http-client/transport-error.ts';
import {
  type JsonCall,
  type JsonProtocol,
  JsonService,
  type JsonServiceParts,
  type OnAnswer,
} from '../aws/json-service.ts';

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
export type UpstreamCall = Pick<JsonCall, 'role'> &
  (
    | { readonly operation: 'GetItem'; readonly input: GetItemRequest }
    | { readonly operation: 'BatchGetItem'; readonly input: BatchGetItemRequest }
    | { readonly operation: 'Scan'; readonly input: ScanRequest }
  );

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

/** The region is that of tables that name none. */
export type DynamoDbUpstreamParts = Omit<JsonServiceParts, 'label' | 'protocol'>;

/** How messages name DynamoDB and its setting. */
export const DYNAMODB: ServiceLabel = {
  name: 'DynamoDB',
  endpointSetting: 'CACHE_EXTENSION_DYNAMODB_ENDPOINT',
};

const PROTOCOL: JsonProtocol = {
  service: 'dynamodb',
  targetPrefix: 'DynamoDB_20120810.',
  contentType: TYPED,
  maxAnswerBytes: MAX_ANSWER_BYTES,
};

/** Calls DynamoDB in its JSON protocol. The AWS client is loaded with the first call. */
export class DynamoDbUpstream extends JsonService implements Upstream {
  constructor(parts: DynamoDbUpstreamParts) {
    super({ ...parts, label: DYNAMODB, protocol: PROTOCOL });
  }
}
