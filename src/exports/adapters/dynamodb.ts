/**
 * DynamoDB as a source of entries.
 *
 * @module
 */

export { DynamoDbItemSource } from '../../adapters/dynamodb/dynamodb-item-source.ts';
export { SdkUpstream, type SdkUpstreamOptions } from '../../adapters/dynamodb/sdk-upstream.ts';
export type { Upstream, UpstreamCall } from '../../adapters/dynamodb/upstream.ts';
export { PLAIN, TYPED } from '../../domain/dynamodb/content-types.ts';
