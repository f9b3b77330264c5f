import { describe, expect, it } from '@jest/globals';
import { entityTag, matchesEntityTag } from '../../../../src/adapters/http/item-response.ts';

describe('matchesEntityTag', () => {
  const tag = entityTag('abc');

  it.each(['"abc"', 'W/"abc"', '*', '"x", "abc"', '"x",W/"abc" ,"y"', '"a,b", "abc"'])(
    'matches the tag in %s',
    (header) => {
      expect(matchesEntityTag(header, tag)).toBe(true);
    },
  );

  it.each(['"ab"', 'abc', '"abcd"', '"x", "y"', '', '"abc', 'W/"xabc"', '"*"', '"ABC"', '"a,abc"'])(
    'does not match the tag in %s',
    (header) => {
      expect(matchesEntityTag(header, tag)).toBe(false);
    },
  );
});
