import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32, tableCrc32 } from '../../../../src/adapters/http/sdk-endpoint/wire-response.ts';

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
