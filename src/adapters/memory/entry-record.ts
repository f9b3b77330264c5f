import type { StoredBody } from '../../domain/cache/body.ts';
import type { CacheEntry } from '../../domain/cache/cache-entry.ts';
import type { EntryKey } from '../../domain/cache/entry-key.ts';

/*
 * An entry as bytes: 0 slot, 4 length of all, 8 storedAt, 16 readOrder, 24 jitter, 32 cost, 36 refused, 37 number of bodies;
 * then each body: 0 place of its content type in a list, 4 length, 8 length of the digest, 10 the digest, the bytes.
 */
const HEAD_BYTES = 38;
const BODY_HEAD_BYTES = 10;

/** The largest cost that a record has room for. */
export const MAX_RECORDED_COST = 0xff_ff_ff_ff;

/** Names of content types by their number. There are few, and each is as good as another. */
export type ContentTypes = string[];

/** Bytes that `entry` takes. */
export const recordLength = ({ bodies }: CacheEntry): number => {
  let length = HEAD_BYTES;
  for (const { digest, bytes } of bodies)
    length += BODY_HEAD_BYTES + Buffer.byteLength(digest) + bytes.length;
  return length;
};

/** Writes `entry`, all but its key, at `offset` of `to`, where there must be room for it. */
export const writeRecord = (
  to: Buffer,
  offset: number,
  slot: number,
  entry: CacheEntry,
  cost: number,
  contentTypes: ContentTypes,
): void => {
  to.writeUInt32LE(slot, offset);
  to.writeDoubleLE(entry.storedAt, offset + 8);
  to.writeDoubleLE(entry.readOrder, offset + 16);
  to.writeDoubleLE(entry.jitter, offset + 24);
  to.writeUInt32LE(cost, offset + 32);
  to[offset + 36] = entry.refused ? 1 : 0;
  to[offset + 37] = entry.bodies.length;
  let end = offset + HEAD_BYTES;
  for (const { contentType, digest, bytes } of entry.bodies) {
    const digestLength = to.write(digest, end + BODY_HEAD_BYTES);
    to.writeUInt32LE(numberOf(contentType, contentTypes), end);
    to.writeUInt32LE(bytes.length, end + 4);
    to.writeUInt16LE(digestLength, end + 8);
    end += BODY_HEAD_BYTES + digestLength;
    to.set(bytes, end);
    end += bytes.length;
  }
  to.writeUInt32LE(end - offset, offset + 4);
};

/** The entry at `offset` as that of `key`, with views of the bytes of its bodies. */
export const readRecord = (
  from: Buffer,
  offset: number,
  key: EntryKey,
  contentTypes: ContentTypes,
): CacheEntry => {
  const bodies: StoredBody[] = [];
  let start = offset + HEAD_BYTES;
  for (let left = from[offset + 37] ?? 0; left > 0; left -= 1) {
    const contentType = contentTypes[from.readUInt32LE(start)] ?? '';
    const length = from.readUInt32LE(start + 4);
    const digestAt = start + BODY_HEAD_BYTES;
    const bytesAt = digestAt + from.readUInt16LE(start + 8);
    const bytes = new Uint8Array(from.buffer, from.byteOffset + bytesAt, length);
    bodies.push({ contentType, digest: from.toString('utf8', digestAt, bytesAt), bytes });
    start = bytesAt + length;
  }
  return {
    key,
    storedAt: from.readDoubleLE(offset + 8),
    readOrder: from.readDoubleLE(offset + 16),
    bodies,
    jitter: from.readDoubleLE(offset + 24),
    refused: from[offset + 36] === 1,
  };
};

export const slotOfRecord = (from: Buffer, offset: number): number => from.readUInt32LE(offset);
export const lengthOfRecord = (from: Buffer, offset: number): number => from.readUInt32LE(offset + 4);
export const costOfRecord = (from: Buffer, offset: number): number => from.readUInt32LE(offset + 32);

const numberOf = (contentType: string, contentTypes: ContentTypes): number => {
  const known = contentTypes.indexOf(contentType);
  return known < 0 ? contentTypes.push(contentType) - 1 : known;
};
