import type { CacheAnswer } from '../function/errand.ts';
import { shownCount } from './shown-count.ts';

/** What an answer must be like for the story to be true. */
export interface Expectation {
  readonly status: number;
  /** Members of `Cache-Status` that must be there, as in `fwd=uri-miss; stored`; `none` if there must be no such header. */
  readonly cacheStatus: string;
  /** A part of the body. */
  readonly body?: string;
  /** Requests that reach DynamoDB. */
  readonly dynamoDb: number;
}

/** The ways in which an answer differs from what was expected, in words. */
export const differencesOf = (
  expected: Expectation,
  { status, headers, body }: CacheAnswer,
  dynamoDbRequests: number,
): readonly string[] => {
  const differences: string[] = [];
  const compare = (isAsExpected: boolean, text: string) => {
    if (!isAsExpected) differences.push(`expected ${text}`);
  };
  compare(status === expected.status, `status ${expected.status}`);
  compare(speaksOf(headers['cache-status'], expected.cacheStatus), `Cache-Status: ${expected.cacheStatus}`);
  compare(body.includes(expected.body ?? ''), `a body with ${expected.body}, got ${body}`);
  compare(dynamoDbRequests === expected.dynamoDb, shownCount(expected.dynamoDb));
  return differences;
};

const speaksOf = (header: string | undefined, expected: string): boolean => {
  if (expected === 'none') return header === undefined;
  const members = header?.split('; ') ?? [];
  return expected.split('; ').every((member) => members.includes(member));
};
