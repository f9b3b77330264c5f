import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeBase64,
  isListOf,
  isText,
  optional,
  parseAwsObject,
  required,
  UnreadableValueError,
} from '../../../src/domain/named-values/aws-answer.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('parseAwsObject', () => {
  it('parses text and bytes', () => {
    expect(parseAwsObject('{"a":"é"}')).toEqual({ a: 'é' });
    expect(parseAwsObject(bytesOf('{"a":"é"}'))).toEqual({ a: 'é' });
  });

  it.each(['', 'top-secret', '[]', 'null', '"a"', '{"a":1'])('rejects %j', (text) => {
    expect(() => parseAwsObject(bytesOf(text))).toThrow(UnreadableValueError);
  });

  it('rejects bytes that are not UTF-8', () => {
    expect(() => parseAwsObject(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))).toThrow(
      UnreadableValueError,
    );
  });

  it('reports an error that does not contain the text', () => {
    let error: unknown;
    try {
      parseAwsObject('{"Value":top-secret}');
    } catch (caught) {
      error = caught;
    }

    expect(error).toEqual(new UnreadableValueError());
    expect(error).toMatchObject({
      name: 'UnreadableValueError',
      message: 'the answer of AWS does not have the documented shape',
    });
    expect(error).not.toHaveProperty('cause');
    expect(String(error)).not.toContain('top-secret');
  });
});

describe('the readers of members', () => {
  const object = { text: 'a', list: ['a', 'b'], mixed: ['a', 1], none: null };

  it('return members of the type', () => {
    expect(required(object, 'text', isText)).toBe('a');
    expect(optional(object, 'list', isListOf(isText))).toEqual(['a', 'b']);
  });

  it.each(['none', 'absent'])('return null for an optional %s member only', (name) => {
    expect(optional(object, name, isText)).toBeNull();
    expect(() => required(object, name, isText)).toThrow(UnreadableValueError);
  });

  it('reject members of another type', () => {
    expect(() => optional(object, 'list', isText)).toThrow(UnreadableValueError);
    expect(() => optional(object, 'mixed', isListOf(isText))).toThrow(UnreadableValueError);
    expect(() => optional(object, 'text', isListOf(isText))).toThrow(UnreadableValueError);
  });
});

describe('decodeBase64', () => {
  it('decodes all bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(decodeBase64(Buffer.from(bytes).toString('base64'))).toEqual(bytes);
      }),
    );
  });

  it.each(['YQ', 'YQ=', 'Y Q==', 'YR==', '-_-_', 'a', '*'])('rejects %j', (text) => {
    expect(() => decodeBase64(text)).toThrow(UnreadableValueError);
  });
});
