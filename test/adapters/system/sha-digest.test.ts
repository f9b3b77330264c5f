import { Buffer } from 'node:buffer';
import { describe, expect, it } from '@jest/globals';
import { ShaDigest } from '../../../src/adapters/system/system.ts';

describe('ShaDigest', () => {
  it('is the SHA-256 of the bytes in base64url', () => {
    // From FIPS 180-2, appendix B.1.
    const published = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

    expect(new ShaDigest().digestOf(Buffer.from('abc'))).toBe(
      Buffer.from(published, 'hex').toString('base64url'),
    );
  });
});
