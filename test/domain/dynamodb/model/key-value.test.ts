import { describe, expect, it } from '@jest/globals';
import {
  attributeValue,
  canonicalValue,
  valueText,
} from '../../../../src/domain/dynamodb/model/key-codec.ts';

describe('canonicalValue', () => {
  it('accepts a value of the maximum length', () => {
    expect(canonicalValue('S', 'é', 2)).toBe('é');
    expect(canonicalValue('B', 'AQI=', 2)).toBe('AQI');
    expect(canonicalValue('N', '1.0', 0)).toBe('1');
  });

  it.each([
    ['S', '', 'a key value is empty'],
    ['N', '', 'a key value is empty'],
    ['B', '', 'a key value is empty'],
    ['S', 'éa', 'a key value has more than 2 bytes'],
    ['B', 'AQID', 'a key value has more than 2 bytes'],
    ['S', '\ud83d', 'a key of type S is not valid Unicode'],
    ['B', 'a', 'a key of type B is not base64; in a URL its + is written %2B'],
    ['N', 'x', 'a key of type N is not a number'],
  ] as const)('of type %s refuses %j: %s', (type, text, message) => {
    expect(() => canonicalValue(type, text, 2)).toThrow(
      expect.objectContaining({ code: 'malformed_name', message }),
    );
  });
});

describe('valueText', () => {
  it('gives the text of the attribute', () => {
    expect(valueText({ h: { S: 'a' }, other: { S: 'b' } }, { name: 'h', type: 'S' })).toBe('a');
  });

  it.each([
    '{}',
    '{"h":null}',
    '{"h":"a"}',
    '{"h":1}',
    '{"h":{"N":"1"}}',
    '{"h":{"S":1}}',
    '{"h":{"S":null}}',
  ])('refuses %s, which lacks it', (json) => {
    expect(() => valueText(JSON.parse(json), { name: 'h', type: 'S' })).toThrow(
      expect.objectContaining({
        code: 'malformed_name',
        message: 'the key attribute h is missing or not of type S',
      }),
    );
  });
});

describe('attributeValue', () => {
  it('writes each type in the format of DynamoDB', () => {
    expect(attributeValue('S', 'AQ')).toEqual({ S: 'AQ' });
    expect(attributeValue('N', '1')).toEqual({ N: '1' });
    expect(attributeValue('B', 'AQ')).toEqual({ B: 'AQ==' });
  });
});
