import { describe, expect, it } from '@jest/globals';
import { ForwardOperation } from '../../../src/application/dynamodb/forward-operation.ts';
import type { RequestOrigin } from '../../../src/domain/dynamodb/operations/request-origin.ts';
import type { WireAnswer } from '../../../src/ports/inbound/wire-operations.ts';
import type { ForwardedOperation } from '../../../src/ports/outbound/operation-forwarder.ts';

const ANSWER: WireAnswer = { status: 400, headers: {}, body: new Uint8Array() };

describe('ForwardOperation', () => {
  it.each([
    ['GetItem', true],
    ['PutItem', false],
  ])('forwards the operation to the region of the caller: %s', async (operation, isRepeatable) => {
    const forwarded: ForwardedOperation[] = [];
    const forward = async (each: ForwardedOperation) => {
      forwarded.push(each);
      return ANSWER;
    };
    const { signal } = new AbortController();
    const request = { operation, headers: new Headers(), body: Uint8Array.of(1, 2), signal };
    const caller = { region: 'us-east-1', account: '123456789012' };

    expect(await new ForwardOperation({ forward }).execute({ ...request, caller })).toBe(ANSWER);
    expect(forwarded).toStrictEqual([{ ...request, region: 'us-east-1', isRepeatable }]);
  });

  it.each<RequestOrigin>([
    { region: 'eu-west-1' },
    { region: 'eu-west-1', role: { roleArn: 'arn:aws:iam::210987654321:role/reader', externalId: 'x' } },
  ])('forwards an operation on tables of another origin to that origin: %j', async (origin) => {
    const forwarded: ForwardedOperation[] = [];
    const forward = async (each: ForwardedOperation) => {
      forwarded.push(each);
      return ANSWER;
    };
    const { signal } = new AbortController();
    const request = { operation: 'GetItem', headers: new Headers(), body: Uint8Array.of(1), signal };
    const caller = { region: 'us-east-1', account: '123456789012', origin };
    await new ForwardOperation({ forward }).execute({ ...request, caller });

    expect(forwarded).toStrictEqual([{ ...request, ...origin, isRepeatable: true }]);
  });
});
