/** Content type of the plain body: JSON without type markers. */
export const PLAIN = 'application/json';

/** Content type of the typed body: the item's JSON exactly as DynamoDB sent it. */
export const TYPED = 'application/x-amz-json-1.0';

/** The longest answer that is read whole, in bytes: DynamoDB returns at most 16 MB of items. */
export const MAX_ANSWER_BYTES = 17 * 1024 * 1024;

/** Whether a `Content-Type` header names the JSON of DynamoDB's protocol, with or without parameters. */
export const isAwsJson = (header: string | readonly string[] | undefined): boolean =>
  typeof header === 'string' && header.split(';', 1)[0]?.trim().toLowerCase() === TYPED;

/** One value in DynamoDB's typed JSON: numbers are decimal text, binary is base64 text. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly M: AttributeMap }
  | { readonly L: readonly AttributeValue[] }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean };

/** An item, or a map within one: attribute names with their values. */
export type AttributeMap = { readonly [name: string]: AttributeValue };
