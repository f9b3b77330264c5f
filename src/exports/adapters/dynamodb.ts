/**
 * DynamoDB as a source of entries.
 *
 * @module
 */

export { AwsKnowledge, type AwsKnowledgeOptions } from '../../adapters/aws/aws-knowledge.ts';
export {
  type CredentialsProvider,
  KeyRing,
  type KnownCredentials,
} from '../../adapters/aws/credentials/key-ring.ts';
export { TransportError } from '../../adapters/aws/http-client/transport-error.ts';
export { ServiceError, UnusableAnswerError } from '../../adapters/aws/service-error.ts';
export type { Upstream, UpstreamCall } from '../../adapters/aws/upstream.ts';
export { DynamoDbItemSource } from '../../adapters/dynamodb/dynamodb-item-source.ts';
export { DynamoDbUpstream, type DynamoDbUpstreamParts } from '../../adapters/dynamodb/dynamodb-upstream.ts';
export { PLAIN, TYPED } from '../../domain/dynamodb/json/content-types.ts';
