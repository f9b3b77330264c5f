import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  readSignature,
  SignatureReader,
} from '../../../../src/adapters/aws/sigv4/sigv4-caller-recogniser.ts';

const digits = (length: number): string => '0123456789abcdef'.repeat(8).slice(-length);
const header = (key: string, names: string, signature: string): string =>
  `AWS4-HMAC-SHA256 Credential=${key}/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=${names}, Signature=${signature}`;

describe('SignatureReader', () => {
  it('reads each header as if it were the first', () => {
    const key = fc.constantFrom('a', 'b', '');
    const names = fc.constantFrom('host', 'host;x-amz-date');
    const signature = fc.oneof(
      fc.constantFrom(
        digits(64),
        digits(63),
        digits(65),
        '',
        `${digits(63)} `,
        `${digits(63)},`,
        `${digits(62)}, a`,
      ),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
    );
    const headers = fc.tuple(key, names, signature).map((parts) => header(...parts));
    fc.assert(
      fc.property(fc.array(headers, { minLength: 1, maxLength: 20 }), (sent) => {
        const reader = new SignatureReader();
        for (const each of sent) expect(reader.read(each)).toEqual(readSignature(each));
      }),
    );
  });

  it('remembers nothing of a signature but its beginning', () => {
    const reader = new SignatureReader();
    const first = reader.read(header('a', 'host', digits(64)));
    const second = reader.read(header('a', 'host', 'f'.repeat(64)));

    expect(first?.signature).toBe(digits(64));
    expect(second).toEqual({ ...first, signature: 'f'.repeat(64) });
    expect(second?.signedHeaders).toBe(first?.signedHeaders);
  });
});
