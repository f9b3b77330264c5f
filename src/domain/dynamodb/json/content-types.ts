/** Content type of the plain body: JSON as people write it. */
export const PLAIN = 'application/json';

/** Content type of the typed body: the item's JSON exactly as DynamoDB sent it. */
export const TYPED = 'application/x-amz-json-1.0';

/** Whether a `Content-Type` header names the JSON of DynamoDB's protocol, with or without parameters. */
export const isAwsJson = (header: string | readonly string[] | undefined): boolean =>
  typeof header === 'string' && header.split(';', 1)[0]?.trim().toLowerCase() === TYPED;
