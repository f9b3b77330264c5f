import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rejectOverLimit } from '../../../../src/adapters/http/guards.ts';
import {
  crc32,
  DYNAMODB_WIRE,
  guardProblem,
  tableCrc32,
  wireProblemAnswer,
} from '../../../../src/adapters/http/sdk-endpoint/wire-answer.ts';

const text = (body: unknown): string => (body instanceof Uint8Array ? new TextDecoder().decode(body) : '');

describe('guardProblem', () => {
  it('uses the error format of DynamoDB and keeps the headers of the guard', () => {
    const request = { url: 'http://localhost:4000/', headers: new Headers() };
    const problem = rejectOverLimit(request, { overLimit: true });
    if (problem === undefined) throw new Error('the guard let it through');
    const { status, headers, body } = wireProblemAnswer(guardProblem(problem), DYNAMODB_WIRE);

    expect({ status, connection: headers.connection }).toEqual({ status: 429, connection: 'close' });
    expect(JSON.parse(text(body)).__type).toBe('com.amazon.coral.service#ThrottlingException');
  });
});

describe.each([
  ['crc32', crc32],
  ['crc32 without help of the runtime', tableCrc32],
])('%s', (_, checksum) => {
  it('returns the standard check values', () => {
    expect(checksum(Buffer.from('123456789'))).toBe(0xcbf43926);
    expect(checksum(new Uint8Array())).toBe(0);
  });
});

describe('crc32 and tableCrc32', () => {
  it('return the same checksum for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => tableCrc32(bytes) === crc32(bytes)));
  });
});
