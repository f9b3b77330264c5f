import type { CacheEntry, EntryKey, StoredBody } from '../../domain/cache/cache-entry.ts';

/*
 * An entry as bytes: 0 slot, 4 length of all, 8 storedAt, 16 readOrder, 24 jitter, 32 cost, 36 refused, 38 number of bodies;
 * then each body: 0 place of its content type in a list, 4 length, 8 length of the digest, 12 the digest, the bytes.
 */
const HEAD_BYTES = 40;
const BODY_HEAD_BYTES = 12;

/** Memory for records. */
export interface RecordSpace {
  readonly bytes: Buffer;
  /** Of the same bytes: V8 reads numbers by it in a fifth of the time. */
  readonly view: DataView;
}

/** New memory, for `length` bytes. */
export const recordSpace = (length: number): RecordSpace => {
  const bytes = Buffer.alloc(length);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, length) };
};

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

/** Writes `entry`, all but its key, at `offset`, where there must be room for it. */
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
  for (const { contentType, digest, bytes } of entry.bodies) {
    const digestLength = to.write(digest, end + BODY_HEAD_BYTES);
    view.setUint32(end, numberOf(contentType, contentTypes));
    view.setUint32(end + 4, bytes.length);
    view.setUint32(end + 8, digestLength);
    end += BODY_HEAD_BYTES + digestLength;
    to.set(bytes, end);
    end += bytes.length;
  }
  view.setUint32(offset + 4, end - offset);
};

/** The entry at `offset` as that of `key`, with views of the bytes of its bodies. */
export const readRecord = (
  { bytes: from, view }: RecordSpace,
  offset: number,
  key: EntryKey,
  contentTypes: ContentTypes,
): CacheEntry => {
  const bodies: StoredBody[] = [];
  let start = offset + HEAD_BYTES;
  for (let left = view.getUint16(offset + 38); left > 0; left -= 1) {
    const contentType = contentTypes[view.getUint32(start)] ?? '';
    const length = view.getUint32(start + 4);
    const digestAt = start + BODY_HEAD_BYTES;
    const bytesAt = digestAt + view.getUint32(start + 8);
    const bytes = new Uint8Array(from.buffer, from.byteOffset + bytesAt, length);
    bodies.push({ contentType, digest: from.toString('utf8', digestAt, bytesAt), bytes });
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

const numberOf = (contentType: string, contentTypes: ContentTypes): number => {
  const known = contentTypes.indexOf(contentType);
  return known < 0 ? contentTypes.push(contentType) - 1 : known;
};

/*
 * How the figures were arrived at: 100,000 entries of the shape that the use cases store were put into an `LruShare` under
 * `node --expose-gc`, and the growth of `heapUsed + external` between full collections was divided by their number, with
 * keys of 35 characters:
 *
 *                            Node 22   24     reckoned here
 *   known absence              192     192      238
 *   one body of 350 bytes      600     600      688
 *   two bodies of 350 bytes  1,007   1,007    1,138
 *
 * What is reckoned above that is for the holes between entries. The resident set grows by some 20 % more, which is the
 * collector's slack: it depends on flags and on the machine, so it is left out.
 */

/** What is said of an entry, its key's object, and its places in the tables of the cache. */
const ENTRY_BYTES = 168;

/** What is said of a body, and its digest. */
const BODY_BYTES = 100;

/** Two where the key's text leaves Latin-1. */
const BYTES_PER_KEY_CHARACTER = 2;

/** The least that any entry costs, in bytes. */
export const MIN_ENTRY_COST = ENTRY_BYTES;

/** Estimates the bytes of memory that keeping `entry` takes. */
export const entryCost = (entry: CacheEntry): number => {
  let bytes = ENTRY_BYTES + BYTES_PER_KEY_CHARACTER * entry.key.text.length;
  for (const body of entry.bodies) bytes += BODY_BYTES + body.bytes.byteLength;
  return bytes;
};
