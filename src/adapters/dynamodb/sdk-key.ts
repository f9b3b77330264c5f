import type { AttributeValue as SdkAttributeValue } from '@aws-sdk/client-dynamodb';
import type { AttributeMap, AttributeValue } from '../../domain/dynamodb/attribute-value.ts';

/** Key attributes as the SDK takes them: binary as bytes. */
export const sdkKey = (key: AttributeMap): Record<string, SdkAttributeValue> =>
  Object.fromEntries(Object.entries(key).map(([name, value]) => [name, sdkValue(value)]));

const sdkValue = (value: AttributeValue): SdkAttributeValue => {
  if ('S' in value) return { S: value.S };
  if ('N' in value) return { N: value.N };
  if ('B' in value) return { B: Buffer.from(value.B, 'base64') };
  throw new TypeError('a key attribute is text, a number or binary');
};
