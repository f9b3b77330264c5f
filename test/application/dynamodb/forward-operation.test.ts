import { describe, expect, it } from '@jest/globals';
import { ForwardOperation } from '../../../src/application/dynamodb/forward-operation.ts';
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
    expect(forwarded).toEqual([{ ...request, region: 'us-east-1', isRepeatable }]);
  });
});
