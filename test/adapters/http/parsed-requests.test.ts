import { expect, it } from '@jest/globals';
import { ParsedRequests } from '../../../src/adapters/http/parsed-requests.ts';

const countingParser = () => {
  const parsed: string[] = [];
  const requests = new ParsedRequests((text) => {
    parsed.push(text);
    if (text === 'malformed') throw new SyntaxError(text);
    return { text };
  });
  return { requests, parsed };
};

it('parses a text once', () => {
  const { requests, parsed } = countingParser();

  expect(['a', 'b', 'a'].map((text) => requests.of(text).text)).toEqual(['a', 'b', 'a']);
  expect(parsed).toEqual(['a', 'b']);
});

it('throws for a malformed text each time', () => {
  const { requests } = countingParser();

  for (const _ of [1, 2]) expect(() => requests.of('malformed')).toThrow(SyntaxError);
});

it('keeps no long text, and not more than a thousand', () => {
  const { requests, parsed } = countingParser();
  const long = 'x'.repeat(513);
  const texts = Array.from({ length: 1_001 }, (_, index) => String(index));
  for (const text of [long, long, ...texts, '0']) requests.of(text);

  expect(parsed).toEqual([long, long, ...texts, '0']);
});
