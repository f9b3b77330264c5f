import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Digest } from '../../src/ports/outbound/digest.ts';

/** What every `Digest` promises. */
export const describeDigest = (name: string, digest: Digest): void => {
  describe(`${name} as a Digest`, () => {
    it('is printable ASCII without quotes or backslashes', () => {
      fc.assert(
        fc.property(fc.uint8Array(), (bytes) => {
          expect(digest.digestOf(bytes)).toMatch(/^[!#-[\]-~]+$/);
        }),
      );
    });

    it('is equal exactly if the bytes are', () => {
      fc.assert(
        fc.property(fc.uint8Array(), fc.uint8Array(), (one, other) => {
          const sameBytes = one.length === other.length && one.every((byte, index) => byte === other[index]);

          expect(digest.digestOf(one) === digest.digestOf(other)).toBe(sameBytes);
          expect(digest.digestOf(Uint8Array.from(one))).toBe(digest.digestOf(one));
        }),
      );
    });

    it('heeds only the part of a buffer that a view shows', () => {
      const whole = Uint8Array.of(1, 2, 3, 4);

      expect(digest.digestOf(whole.subarray(1, 3))).toBe(digest.digestOf(Uint8Array.of(2, 3)));
    });
  });
};
