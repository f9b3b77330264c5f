/**
 * DynamoDB as a source of entries, and as the journal of writes that environments share.
 *
 * @module
 */

export {
  CredentialCache,
  /** @deprecated Use `CredentialCache`; this name will be removed in the next version. */
  CredentialCache as KeyRing,
  type CredentialsProvider,
  type KnownCredentials,
} from '../../adapters/aws/credentials/credentials.ts';
export {
  EndpointResolver,
  /** @deprecated Use `EndpointResolver`; this name will be removed in the next version. */
  EndpointResolver as AwsKnowledge,
  type EndpointResolverOptions,
  /** @deprecated Use `EndpointResolverOptions`; this name will be removed in the next version. */
  type EndpointResolverOptions as AwsKnowledgeOptions,
} from '../../adapters/aws/endpoint-resolver.ts';
export { TransportError } from '../../adapters/aws/http-client/transport-error.ts';
export type { OnAnswer } from '../../adapters/aws/json-service.ts';
export { ServiceError, UnusableAnswerError } from '../../adapters/aws/service-errors.ts';
export { DynamoDbItemSource } from '../../adapters/dynamodb/dynamodb-item-source.ts';
export {
  DynamoDbUpstream,
  type DynamoDbUpstreamParts,
  type Upstream,
  type UpstreamCall,
} from '../../adapters/dynamodb/dynamodb-upstream.ts';
export {
  DynamoDbJournal,
  type DynamoDbJournalParts,
} from '../../adapters/dynamodb/journal/dynamodb-journal.ts';
export type { JournalPlace, JournalUpstream } from '../../adapters/dynamodb/journal/dynamodb-journal.ts';
export { PLAIN, TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
