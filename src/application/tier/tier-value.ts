import { joined } from '../../domain/cache/body-collector.ts';
import type { Body } from '../../domain/cache/cache-entry.ts';
import { type KeyStamp, stampFromNumbers, stampToNumbers } from '../../domain/cache/journal-page.ts';
import { isObject, readObject } from '../../domain/json/json-object.ts';
import type { Digest } from '../../ports/outbound/digest.ts';

/** What one environment has read, for all others. */
export interface TierValue {
  /** Wall time of the call to the source, by the clock of the environment that made it. */
  readonly askedAt: number;
  /** What that environment knew of the key when it made the call. */
  readonly stamp: KeyStamp;
  readonly bodies: readonly Body[];
}

/**
 * The layout of a value: a byte with this version, the lengths of checksum and header (4 bytes each, big endian), the checksum
 * of all that follows it, the header in JSON, the bodies. Environments ignore values of other versions.
 */
const VERSION = 1;
const PREFIX_BYTES = 9;

const encoder = new TextEncoder();

/** @param name under which the value is kept; it is part of the value, so that a value under another name is not used */
export const encodeTierValue = (
  name: string,
  { askedAt, stamp, bodies }: TierValue,
  digest: Digest,
): Uint8Array => {
  const header = encoder.encode(
    JSON.stringify({
      name,
      askedAt,
      stamp: stampToNumbers(stamp),
      bodies: bodies.map(({ contentType, mediaType, bytes }) => ({
        contentType,
        mediaType,
        length: bytes.length,
      })),
    }),
  );
  const content = joined([header, ...bodies.map(({ bytes }) => bytes)]);
  const checksum = encoder.encode(digest.digestOf(content));
  const prefix = new Uint8Array(PREFIX_BYTES);
  const view = new DataView(prefix.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, checksum.length);
  view.setUint32(5, header.length);
  return joined([prefix, checksum, content]);
};

/** Reads what `encodeTierValue` made under this name; `undefined` for anything else. Bodies are views of `bytes`. */
export const decodeTierValue = (name: string, bytes: Uint8Array, digest: Digest): TierValue | undefined => {
  if (bytes.length < PREFIX_BYTES || bytes[0] !== VERSION) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const contentAt = PREFIX_BYTES + view.getUint32(1);
  const bodiesAt = contentAt + view.getUint32(5);
  if (bodiesAt > bytes.length) return undefined;
  const content = bytes.subarray(contentAt);
  const checksum = encoder.encode(digest.digestOf(content));
  if (!isEqual(checksum, bytes.subarray(PREFIX_BYTES, contentAt))) return undefined;
  const header = readObject(bytes.subarray(contentAt, bodiesAt));
  if (header === undefined || header.name !== name || !Array.isArray(header.bodies)) return undefined;
  const { askedAt } = header;
  const stamp = stampFromNumbers(header.stamp);
  const bodies = bodiesIn(header.bodies, bytes.subarray(bodiesAt));
  if (typeof askedAt !== 'number' || stamp === undefined || bodies === undefined) return undefined;
  return { askedAt, stamp, bodies };
};

const bodiesIn = (list: readonly unknown[], bytes: Uint8Array): readonly Body[] | undefined => {
  const bodies: Body[] = [];
  let at = 0;
  for (const each of list) {
    if (!isObject(each)) return undefined;
    const { contentType, mediaType, length } = each;
    if (typeof contentType !== 'string' || typeof length !== 'number') return undefined;
    const body = { contentType, bytes: bytes.subarray(at, at + length) };
    bodies.push(typeof mediaType === 'string' ? { ...body, mediaType } : body);
    at += length;
  }
  return at === bytes.length ? bodies : undefined;
};

const isEqual = (one: Uint8Array, other: Uint8Array): boolean =>
  one.length === other.length && one.every((byte, index) => byte === other[index]);
