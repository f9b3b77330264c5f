import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readExtensionEvent } from '../../../src/adapters/lambda/extensions-api.ts';
import { ExtensionsApiError } from '../../../src/adapters/lambda/api-call.ts';

const anyCase = (word: string) =>
  fc
    .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
    .map((upper) => [...word].map((c, i) => (upper[i] ? c.toUpperCase() : c.toLowerCase())).join(''));

describe('readExtensionEvent', () => {
  it('reads an INVOKE in any letter case', () => {
    fc.assert(
      fc.property(anyCase('invoke'), fc.integer(), (eventType, deadlineMs) => {
        const event = readExtensionEvent(JSON.stringify({ eventType, deadlineMs, requestId: 'r' }));
        expect(event).toEqual({ type: 'invoke', deadlineMs });
      }),
    );
  });

  it('reads a SHUTDOWN and its reason in any letter case', () => {
    fc.assert(
      fc.property(anyCase('shutdown'), anyCase('spindown'), (eventType, shutdownReason) => {
        const event = readExtensionEvent(JSON.stringify({ eventType, shutdownReason }));
        expect(event).toEqual({ type: 'shutdown', reason: 'spindown' });
      }),
    );
  });

  it.each([
    [{ shutdownReason: 'ReserveFail' }, 'reservefail'],
    [{}, 'unknown'],
    [{ shutdownReason: 7 }, 'unknown'],
  ])('reads a SHUTDOWN with %j for a reason', (fields, reason) => {
    expect(readExtensionEvent(JSON.stringify({ eventType: 'SHUTDOWN', ...fields }))).toEqual({
      type: 'shutdown',
      reason,
    });
  });

  it.each([
    '',
    'no JSON',
    'null',
    '[]',
    '{}',
    '{"eventType":"RESTORE","deadlineMs":1}',
    '{"eventType":"INVOKE"}',
    '{"eventType":"INVOKE","deadlineMs":"1"}',
  ])('rejects %j, which is not an event', (body) => {
    expect(() => readExtensionEvent(body)).toThrow(ExtensionsApiError);
  });
});
