/** Content type of the plain body: JSON as people write it. */
export const PLAIN = 'application/json';

/** Content type of the typed body: the item's JSON exactly as DynamoDB sent it. */
export const TYPED = 'application/x-amz-json-1.0';
