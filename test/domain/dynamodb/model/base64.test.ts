import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { base64Bytes, canonicalBase64, paddedBase64 } from '../../../../src/domain/dynamodb/model/base64.ts';

describe('canonicalBase64', () => {
  it('gives one text for all notations of the same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        const buffer = Buffer.from(bytes);
        const standard = buffer.toString('base64');
        const url = buffer.toString('base64url');
        const canonical = standard.replace(/=+$/, '');
        const urlPadded = paddedBase64(url);

        for (const text of [standard, url, canonical, urlPadded])
          expect(canonicalBase64(text)).toBe(canonical);
        expect(paddedBase64(canonical)).toBe(standard);
        expect(base64Bytes(canonical)).toBe(bytes.length);
      }),
    );
  });

  it('ignores bits that belong to no byte', () => {
    expect(['QQ', 'QR', 'Qf=='].map(canonicalBase64)).toEqual(['QQ', 'QQ', 'QQ']);
    expect(['QUE', 'QUF', 'QUH='].map(canonicalBase64)).toEqual(['QUE', 'QUE', 'QUE']);
  });

  it.each(['Q', 'QQ=', 'QQQQ=', 'Q===', '=', 'QQ==QQ==', 'Q Q=', 'QQ\n=', 'é=='])('refuses %j', (text) => {
    expect(canonicalBase64(text)).toBeUndefined();
  });
});
