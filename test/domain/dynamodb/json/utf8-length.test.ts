import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { utf8Length } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import { anyText } from '../../../support/any-text.ts';

describe('utf8Length', () => {
  it.each([
    ['', 0],
    ['\0', 1],
    ['\u007f', 1],
    ['\u0080', 2],
    ['\u07ff', 2],
    ['\u0800', 3],
    ['\ud7ff', 3],
    ['\ue000', 3],
    ['\uffff', 3],
    ['\u{10000}', 4],
    ['\u{10ffff}', 4],
    ['\ud800\udc00', 4],
    ['\ud800\udfff', 4],
    ['\udbff\udfff', 4],
    ['a\u{1f600}b', 6],
  ])('counts %j as %d bytes', (text, bytes) => {
    expect(utf8Length(text)).toBe(bytes);
  });

  it.each([
    '\ud800',
    '\udbff',
    '\udc00',
    '\udfff',
    'a\ud800',
    '\ud800a',
    '\ud800\ud800\udc00',
    '\ud800\udbff',
    '\ud800\ue000',
    '\udc00\ud800',
    '\udc00\udc00',
    '\u{1f600}\udc00',
  ])('knows no length of %j, which holds half a pair', (text) => {
    expect(utf8Length(text)).toBeUndefined();
  });

  it('counts the bytes that TextEncoder produces for any text', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
      }),
    );
  });
});
