import type { AttributeMap } from '../../domain/dynamodb/json/dynamodb-json.ts';
import type { Projected } from '../../domain/dynamodb/model/projection.ts';

export interface GetItemRequest extends Projected {
  readonly TableName: string;
  readonly Key: AttributeMap;
  readonly ConsistentRead: boolean;
}

export interface KeysRequest extends Projected {
  readonly Keys: readonly AttributeMap[];
  readonly ConsistentRead: boolean;
}

export interface BatchGetItemRequest {
  readonly RequestItems: Readonly<Record<string, KeysRequest>>;
}

export interface ScanRequest extends Projected {
  readonly TableName: string;
  readonly Segment?: number;
  readonly TotalSegments?: number;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: AttributeMap;
  readonly ConsistentRead: boolean;
}

/** An operation of DynamoDB with its input as it goes over the wire. */
export type UpstreamCall =
  | { readonly operation: 'GetItem'; readonly input: GetItemRequest }
  | { readonly operation: 'BatchGetItem'; readonly input: BatchGetItemRequest }
  | { readonly operation: 'Scan'; readonly input: ScanRequest };

/** Called before a call resolves. */
export type OnAnswer = (discard: () => void) => void;

/** The way to DynamoDB, as narrow as the source needs it. */
export interface Upstream {
  /**
   * Makes one call and resolves with the body of its successful answer, as it came.
   * Rejects at once if `signal` is aborted; else with a `ServiceError`, an `UnusableAnswerError`, a `TransportError` or an
   * error of the domain. With any other, the call could not be sent.
   *
   * @param region absent where it is the function's
   * @param onAnswer is given what ends the connection over which the answer came, for a body that is no answer to the call
   */
  send(
    call: UpstreamCall,
    region: string | undefined,
    signal: AbortSignal,
    onAnswer?: OnAnswer,
  ): Promise<Uint8Array>;
  /** Closes connections that are idle. */
  dropConnections?(): void;
}
