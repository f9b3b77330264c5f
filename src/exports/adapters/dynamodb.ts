/**
 * DynamoDB as a source of entries.
 *
 * @module
 */

export { AwsKnowledge, type AwsKnowledgeOptions } from '../../adapters/dynamodb/aws-knowledge.ts';
export { DynamoDbItemSource } from '../../adapters/dynamodb/dynamodb-item-source.ts';
export { DynamoDbUpstream, type DynamoDbUpstreamParts } from '../../adapters/dynamodb/dynamodb-upstream.ts';
export {
  type CredentialsProvider,
  KeyRing,
  type KnownCredentials,
} from '../../adapters/dynamodb/key-ring.ts';
export { ServiceError, UnusableAnswerError } from '../../adapters/dynamodb/service-error.ts';
export { TransportError } from '../../adapters/dynamodb/transport-error.ts';
export type { Upstream, UpstreamCall } from '../../adapters/dynamodb/upstream.ts';
export { PLAIN, TYPED } from '../../domain/dynamodb/content-types.ts';
