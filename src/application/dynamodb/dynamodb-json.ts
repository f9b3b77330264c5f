import { TYPED } from '../../domain/dynamodb/json/content-types.ts';
import type { ReadRequest } from '../../ports/inbound/item-reader.ts';

/** What the endpoint asks of memory: the item as DynamoDB wrote it, as fresh or as stale as the policy of its table allows. */
export const DYNAMODB_JSON: ReadRequest = { contentType: TYPED, freshness: { kind: 'any' } };
