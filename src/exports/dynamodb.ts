/**
 * The data model of DynamoDB, without network access: item names, keys, numbers and plain JSON.
 *
 * @module
 */

export { jsonNumber } from '../domain/dynamodb/json/decimal.ts';
export type { AttributeMap, AttributeValue } from '../domain/dynamodb/json/dynamodb-json.ts';
export { plainJson } from '../domain/dynamodb/json/item-bodies.ts';
export {
  AmbiguousNameError,
  MalformedNameError,
  TableNotConfiguredError,
} from '../domain/dynamodb/model/errors.ts';
export { ItemAddressParser } from '../domain/dynamodb/model/item-address.ts';
export { canonicalNumber, KeyCodec } from '../domain/dynamodb/model/key-codec.ts';
export type { KeyAttribute, KeySchema, KeyType, TableSpec } from '../domain/dynamodb/model/table-spec.ts';
