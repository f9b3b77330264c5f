import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ShaDigest } from '../../../src/adapters/system/system.ts';
import { decodeTierValue, encodeTierValue } from '../../../src/application/tier/tier-value.ts';
import { stampToNumbers } from '../../../src/domain/cache/journal-page.ts';
import { PLAIN } from '../../support/application/create-application.ts';

const digest = new ShaDigest();
const STAMP = [{ pages: 4, index: 1, epoch: 99, everything: 0, head: 12, stripe: 3 }];

const anyValue = fc.record({
  askedAt: fc.double({ min: 0, max: 2 ** 42, noNaN: true, noDefaultInfinity: true }).map((at) => at + 0),
  stamp: fc.constant(STAMP),
  bodies: fc.array(
    fc.record(
      { contentType: fc.string(), mediaType: fc.string(), bytes: fc.uint8Array({ maxLength: 200 }) },
      { requiredKeys: ['contentType', 'bytes'] },
    ),
    { maxLength: 3 },
  ),
});

/** A value without bodies that has this header, with the right checksum. */
const withHeader = (header: object | string): Uint8Array => {
  const encoder = new TextEncoder();
  const content = encoder.encode(typeof header === 'string' ? header : JSON.stringify(header));
  const checksum = encoder.encode(digest.digestOf(content));
  const lengths = [checksum, content].flatMap(({ length }) => [0, 0, length >> 8, length & 0xff]);
  return Uint8Array.from([1, ...lengths, ...checksum, ...content]);
};

describe('a value of the second tier', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.string(), anyValue, (name, value) => {
        expect(decodeTierValue(name, encodeTierValue(name, value, digest), digest)).toEqual(value);
      }),
    );
  });

  it('is ignored if any byte is another', () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, change) => {
        const bytes = encodeTierValue('name', value, digest);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ change;

        expect(decodeTierValue('name', bytes, digest)).toBeUndefined();
      }),
    );
  });

  it('is ignored if it is cut off or longer, or anything else', () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.uint8Array({ minLength: 1 }), (value, at, surplus) => {
        const bytes = encodeTierValue('name', value, digest);

        expect(decodeTierValue('name', bytes.subarray(0, at % bytes.length), digest)).toBeUndefined();
        expect(decodeTierValue('name', Uint8Array.from([...bytes, ...surplus]), digest)).toBeUndefined();
        expect(decodeTierValue('name', surplus, digest)).toBeUndefined();
      }),
    );
  });

  it.each<readonly [string, object]>([
    ['the time of its read', { askedAt: '1' }],
    ['the state of the journal', { stamp: [4, 1] }],
    ['the list of its bodies', { bodies: {} }],
    ['a body', { bodies: [null] }],
    ['the content type of a body', { bodies: [{ contentType: 1, length: 0 }] }],
    ['the length of a body', { bodies: [{ contentType: PLAIN, length: null }] }],
    ['the length of all bodies', { bodies: [{ contentType: PLAIN, length: 1 }] }],
    ['its name', { name: 'other' }],
  ])('is ignored if %s has another form, although the checksum is right', (_, changed) => {
    const header = { name: 'name', askedAt: 1, stamp: stampToNumbers(STAMP), bodies: [] };
    expect(decodeTierValue('name', withHeader(header), digest)).toEqual({
      askedAt: 1,
      stamp: STAMP,
      bodies: [],
    });

    expect(decodeTierValue('name', withHeader({ ...header, ...changed }), digest)).toBeUndefined();
  });

  it('is ignored if its header is not JSON, or longer than the value', () => {
    expect(decodeTierValue('name', withHeader('{'), digest)).toBeUndefined();
    const bytes = encodeTierValue('name', { askedAt: 1, stamp: STAMP, bodies: [] }, digest);
    new DataView(bytes.buffer).setUint32(5, bytes.length);

    expect(decodeTierValue('name', bytes, digest)).toBeUndefined();
  });

  it('has no media type if that is not a text', () => {
    const bodies = [{ contentType: PLAIN, mediaType: 7, length: 0 }];
    const header = { name: 'name', askedAt: 1, stamp: stampToNumbers(STAMP), bodies };

    expect(decodeTierValue('name', withHeader(header), digest)?.bodies.map(Object.keys)).toEqual([
      ['contentType', 'bytes'],
    ]);
  });

  it('is ignored if its checksum is only the beginning of what it has in its place', () => {
    const bytes = encodeTierValue('name', { askedAt: 1, stamp: STAMP, bodies: [] }, digest);
    const view = new DataView(bytes.buffer);
    const checksumBytes = view.getUint32(1);
    view.setUint32(1, checksumBytes + 1);
    const contentAt = 9 + checksumBytes;
    const longer = Uint8Array.from([...bytes.subarray(0, contentAt), 0, ...bytes.subarray(contentAt)]);

    expect(decodeTierValue('name', longer, digest)).toBeUndefined();
  });

  it('is ignored under another name, and if it is of a newer version', () => {
    const bytes = encodeTierValue('name', { askedAt: 1, stamp: STAMP, bodies: [] }, digest);

    expect(decodeTierValue('other', bytes, digest)).toBeUndefined();
    expect(decodeTierValue('name', Uint8Array.from([2, ...bytes.subarray(1)]), digest)).toBeUndefined();
  });
});
