import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SigningKey } from '../../../../src/adapters/aws/sigv4/sigv4.ts';

const hmac = (key: Uint8Array, text: string): string =>
  createHmac('sha256', key).update(text, 'latin1').digest('hex');

describe('SigningKey', () => {
  it('signs as HMAC-SHA256 does, with keys of up to 64 bytes, texts of all lengths after one another', () => {
    const keys = fc.uint8Array({ maxLength: 64 });
    const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each).toString('latin1'));
    const texts = fc.array(bytes, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(keys, texts, (secret, signed) => {
        const key = new SigningKey(secret);
        for (const text of signed) expect(key.sign(text)).toBe(hmac(secret, text));
      }),
    );
  });
});
