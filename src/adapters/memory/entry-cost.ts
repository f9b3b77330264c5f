import type { CacheEntry } from '../../domain/cache/cache-entry.ts';

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
