/**
 * What the cache knows of DynamoDB without speaking to it: names, key types, numbers and plain JSON.
 *
 * @module
 */
export type { AttributeMap, AttributeValue } from '../domain/dynamodb/attribute-value.ts';
export { canonicalNumber, jsonNumber } from '../domain/dynamodb/decimal.ts';
export {
  AmbiguousNameError,
  MalformedNameError,
  TableNotConfiguredError,
} from '../domain/dynamodb/errors.ts';
export { ItemAddressParser } from '../domain/dynamodb/item-address.ts';
export { KeyCodec } from '../domain/dynamodb/key-codec.ts';
export { plainJson } from '../domain/dynamodb/plain-json.ts';
export type { KeyAttribute, KeySchema, KeyType, TableSpec } from '../domain/dynamodb/table-spec.ts';
