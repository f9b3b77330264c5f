import { describe, expect, it } from '@jest/globals';
import { rejectOverLimit } from '../../../../src/adapters/http/guards.ts';
import { guardProblem, wireProblemAnswer } from '../../../../src/adapters/http/sdk-endpoint/wire-problem.ts';

const text = (body: unknown): string => (body instanceof Uint8Array ? new TextDecoder().decode(body) : '');

describe('guardProblem', () => {
  it('uses the error format of DynamoDB and keeps the headers of the guard', () => {
    const request = { url: 'http://localhost:4000/', headers: new Headers() };
    const problem = rejectOverLimit(request, { overLimit: true });
    if (problem === undefined) throw new Error('the guard let it through');
    const { status, headers, body } = wireProblemAnswer(guardProblem(problem));

    expect({ status, headers }).toEqual({ status: 429, headers: { connection: 'close' } });
    expect(JSON.parse(text(body)).__type).toBe('com.amazon.coral.service#ThrottlingException');
  });
});
