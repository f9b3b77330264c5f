import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AttributeMap, AttributeValue } from '../../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { plainJson } from '../../../../src/domain/dynamodb/json/item-bodies.ts';
import { anyText } from '../../../support/any-text.ts';

interface SeedResponse {
  readonly name: string;
  readonly dynamodbItem: AttributeMap;
  readonly seedBody: string;
}

const vectors: SeedResponse[] = JSON.parse(
  readFileSync(new URL('../../../vectors/seed-responses.json', import.meta.url), 'utf8'),
);

/** Names of the members of a JSON object, in the order in which they are written. */
const namesIn = (json: string): string[] =>
  [...json.matchAll(/"((?:[^"\\]|\\.)*)":/g)].map(([, name]) => JSON.parse(`"${name}"`));

describe('plainJson', () => {
  it.each(vectors)('equals the answer of the original extension for $name', ({ dynamodbItem, seedBody }) => {
    const json = plainJson(dynamodbItem);

    expect(JSON.parse(json)).toEqual(JSON.parse(seedBody));
    expect(namesIn(json)).toEqual(namesIn(seedBody));
  });

  it('keeps every digit of a number', () => {
    const numbers = vectors.find(({ name }) => name === 'Products@@numbers@@1')?.dynamodbItem ?? {};
    const texts = Object.entries(numbers).flatMap(([name, value]) => ('N' in value ? [[name, value.N]] : []));

    expect(texts.length).toBeGreaterThan(5);
    for (const [name, text] of texts) expect(plainJson(numbers)).toMatch(new RegExp(`"${name}":${text}[,}]`));
  });

  it('converts numbers that are not JSON numbers', () => {
    expect(plainJson({ a: { N: '.50' }, b: { NS: ['+1', '02'] } })).toBe('{"a":0.50,"b":[1,2]}');
  });

  it('sorts names by their UTF-8 bytes at every depth', () => {
    const names = fc.uniqueArray(anyText({ maxLength: 4 }), { maxLength: 8 });
    fc.assert(
      fc.property(names, (unsorted) => {
        const inner: AttributeMap = Object.fromEntries(unsorted.map((name) => [name, { NULL: true }]));
        const sorted = [...unsorted].sort((left, right) =>
          Buffer.compare(Buffer.from(left), Buffer.from(right)),
        );
        const expected = `{${sorted.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`;

        expect(plainJson(inner)).toBe(expected);
        expect(plainJson({ l: { L: [{ M: inner }] } })).toBe(`{"l":[${expected}]}`);
      }),
    );
  });

  it('sorts the first and the last surrogate pairs after all other characters', () => {
    const names = [
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10ffe}',
      '\u{10fff}',
      '\u{10fffe}',
      '\u{10ffff}',
    ];
    const item: AttributeMap = Object.fromEntries(names.toReversed().map((name) => [name, { NULL: true }]));

    expect(namesIn(plainJson(item))).toEqual(names);
  });

  it('treats names of Object.prototype like any other name', () => {
    const item: AttributeMap = JSON.parse(
      '{"__proto__":{"S":"a"},"constructor":{"M":{"__proto__":{"N":"1"}}}}',
    );

    expect(plainJson(item)).toBe('{"__proto__":"a","constructor":{"__proto__":1}}');
  });

  it('follows maps and lists deeper than DynamoDB nests them', () => {
    let value: AttributeValue = { S: 'deep' };
    for (let depth = 0; depth < 100; depth += 1)
      value = depth % 2 === 0 ? { L: [value] } : { M: { m: value } };

    expect(plainJson({ value })).toContain('"deep"');
  });

  it('writes text so that any JSON reader gets it back', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(JSON.parse(plainJson({ text: { S: text } }))).toEqual({ text });
      }),
    );
  });

  it.each([
    '{"a":{"X":"1"}}',
    '{"a":{}}',
    '{"a":null}',
    '{"a":"text"}',
    '{"a":{"N":1}}',
    '{"a":{"N":"one"}}',
    '{"a":{"S":1}}',
    '{"a":{"L":{}}}',
    '{"a":{"SS":"b"}}',
    '{"a":{"NS":[1]}}',
    '{"a":{"M":null}}',
    '{"a":{"M":1}}',
    'null',
  ])('refuses %s, which holds no attribute value', (json) => {
    const attempt = () => plainJson(JSON.parse(json));

    expect(attempt).toThrow(SyntaxError);
    expect(attempt).toThrow(/^an attribute (value has an unknown type|of type N is not a number)$/);
  });
});
