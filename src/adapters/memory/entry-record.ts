import type { CacheEntry, EntryKey, StoredBody } from '../../domain/cache/cache-entry.ts';

/*
 * Layout of a record: 0 slot, 4 record length, 8 storedAt, 16 readOrder, 24 jitter, 32 cost, 36 refused, 38 number of bodies.
 * Layout of each body after that: 0 index of the content type, 2 index of the media type, 4 length, 8 digest length, 12 digest,
 * then the bytes. Without a media type of its own, both indices are equal.
 */
const HEAD_BYTES = 40;
const BODY_HEAD_BYTES = 12;

/** A buffer for records. */
export interface RecordSpace {
  readonly bytes: Buffer;
  /** View of the same bytes. V8 reads numbers through it in a fifth of the time. */
  readonly view: DataView;
}

/** Allocates a buffer of `length` bytes. */
export const recordSpace = (length: number): RecordSpace => {
  const bytes = Buffer.alloc(length);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, length) };
};

/** The largest cost that fits into a record. */
export const MAX_RECORDED_COST = 0xff_ff_ff_ff;

/** Content types and media types by index. The list only grows, because there are few of them. */
export type ContentTypes = string[];

/** The length of the record of `entry`, in bytes. */
export const recordLength = ({ bodies }: CacheEntry): number => {
  let length = HEAD_BYTES;
  for (const { digest, bytes } of bodies)
    length += BODY_HEAD_BYTES + Buffer.byteLength(digest) + bytes.length;
  return length;
};

/** Writes `entry` without its key at `offset`. The space must have room for `recordLength(entry)` bytes. */
export const writeRecord = (
  { bytes: to, view }: RecordSpace,
  offset: number,
  slot: number,
  entry: CacheEntry,
  cost: number,
  contentTypes: ContentTypes,
): void => {
  view.setUint32(offset, slot);
  view.setFloat64(offset + 8, entry.storedAt);
  view.setFloat64(offset + 16, entry.readOrder);
  view.setFloat64(offset + 24, entry.jitter);
  view.setUint32(offset + 32, cost);
  view.setUint16(offset + 36, entry.refused ? 1 : 0);
  view.setUint16(offset + 38, entry.bodies.length);
  let end = offset + HEAD_BYTES;
  for (const { contentType, mediaType, digest, bytes } of entry.bodies) {
    const digestLength = to.write(digest, end + BODY_HEAD_BYTES);
    const index = indexOfType(contentType, contentTypes);
    view.setUint16(end, index);
    view.setUint16(end + 2, mediaType === undefined ? index : indexOfType(mediaType, contentTypes));
    view.setUint32(end + 4, bytes.length);
    view.setUint32(end + 8, digestLength);
    end += BODY_HEAD_BYTES + digestLength;
    to.set(bytes, end);
    end += bytes.length;
  }
  view.setUint32(offset + 4, end - offset);
};

/** Reads the entry at `offset` and gives it `key`. The bodies are views of the record's bytes. */
export const readRecord = (
  { bytes: from, view }: RecordSpace,
  offset: number,
  key: EntryKey,
  contentTypes: ContentTypes,
): CacheEntry => {
  const bodies: StoredBody[] = [];
  let start = offset + HEAD_BYTES;
  for (let left = view.getUint16(offset + 38); left > 0; left -= 1) {
    const index = view.getUint16(start);
    const mediaIndex = view.getUint16(start + 2);
    const contentType = contentTypes[index] ?? '';
    const length = view.getUint32(start + 4);
    const digestAt = start + BODY_HEAD_BYTES;
    const bytesAt = digestAt + view.getUint32(start + 8);
    const bytes = new Uint8Array(from.buffer, from.byteOffset + bytesAt, length);
    const digest = from.toString('utf8', digestAt, bytesAt);
    if (mediaIndex === index) bodies.push({ contentType, digest, bytes });
    else bodies.push({ contentType, mediaType: contentTypes[mediaIndex] ?? '', digest, bytes });
    start = bytesAt + length;
  }
  return {
    key,
    storedAt: view.getFloat64(offset + 8),
    readOrder: view.getFloat64(offset + 16),
    bodies,
    jitter: view.getFloat64(offset + 24),
    refused: view.getUint16(offset + 36) === 1,
  };
};

export const slotOfRecord = ({ view }: RecordSpace, offset: number): number => view.getUint32(offset);
export const lengthOfRecord = ({ view }: RecordSpace, offset: number): number => view.getUint32(offset + 4);
export const costOfRecord = ({ view }: RecordSpace, offset: number): number => view.getUint32(offset + 32);

/** The media types of configurations come from the source: a process that meets more of them than fit serves the first one. */
const MAX_TYPES = 0x1_00_00;

const indexOfType = (contentType: string, contentTypes: ContentTypes): number => {
  const known = contentTypes.indexOf(contentType);
  if (known >= 0) return known;
  return contentTypes.length < MAX_TYPES ? contentTypes.push(contentType) - 1 : 0;
};

/*
 * Measurement of the constants: 100,000 entries of the shape that the use cases store were put into an `LruShare` under
 * `node --expose-gc`. The growth of `heapUsed + external` between full collections was divided by their number. Bytes per
 * entry, with keys of 35 characters:
 *
 *                            Node 22   24     estimate
 *   known absence              192     192      238
 *   one body of 350 bytes      600     600      688
 *   two bodies of 350 bytes  1,007   1,007    1,138
 *
 * The difference covers the holes between entries. The resident set grows by about 20 % more, which is free space of the
 * garbage collector. It depends on flags and on the machine, so the estimate does not include it.
 */

/** Estimated bytes of an entry without bodies and key text: its record, its key object, its places in the LRU tables. */
const ENTRY_BYTES = 168;

/** Estimated bytes of a body's header and digest. */
const BODY_BYTES = 100;

/** A key with characters beyond Latin-1 takes two bytes per character. */
const BYTES_PER_KEY_CHARACTER = 2;

/** The cost of the smallest entry, in bytes. */
export const MIN_ENTRY_COST = ENTRY_BYTES;

/** Estimates the memory that storing `entry` takes, in bytes. */
export const entryCost = (entry: CacheEntry): number => {
  let bytes = ENTRY_BYTES + BYTES_PER_KEY_CHARACTER * entry.key.text.length;
  for (const body of entry.bodies) bytes += BODY_BYTES + body.bytes.byteLength;
  return bytes;
};
