import { isObject, type JsonObject } from '../../../domain/json/json-object.ts';

/**
 * The bytes of an item by which DynamoDB counts read and write units: names and values
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
 *
 * @param item in DynamoDB's typed JSON
 */
export const itemBytes = (item: JsonObject): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + attributeBytes(value),
    0,
  );

const LIST_OR_MAP_BYTES = 3;

const attributeBytes = (attribute: unknown): number => {
  const [[type, value] = []] = isObject(attribute) ? Object.entries(attribute) : [];
  if (type === 'L' && Array.isArray(value)) {
    return sumOf(value, (element) => attributeBytes(element) + 1) + LIST_OR_MAP_BYTES;
  }
  if (type === 'M' && isObject(value)) {
    return itemBytes(value) + Object.keys(value).length + LIST_OR_MAP_BYTES;
  }
  if (Array.isArray(value)) return sumOf(value, (element) => scalarBytes(type?.[0], element));
  return scalarBytes(type, value);
};

const scalarBytes = (type: string | undefined, value: unknown): number => {
  if (typeof value !== 'string') return 1;
  if (type === 'N') return numberBytes(value);
  return Buffer.byteLength(value, type === 'B' ? 'base64' : 'utf8');
};

/** A byte for two significant digits, one more, and one for the sign of a negative number. */
const numberBytes = (text: string): number => {
  const digits = text
    .replace(/e.*$/i, '')
    .replace(/[^0-9]/g, '')
    .replace(/^0+|0+$/g, '');
  return Math.ceil(digits.length / 2) + 1 + (text.startsWith('-') ? 1 : 0);
};

const sumOf = (values: readonly unknown[], bytesOf: (value: unknown) => number): number =>
  values.reduce<number>((sum, value) => sum + bytesOf(value), 0);
