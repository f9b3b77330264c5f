import type { CacheEntry } from '../../domain/cache/cache-entry.ts';

/*
 * How the figures were arrived at: 100,000 entries of the shape that the use cases store were put into an
 * `LRUCache` under `node --expose-gc`, and the growth of `heapUsed + external` between full collections was
 * divided by their number, with keys of 35 characters:
 *
 *                            Node 20   22     24     reckoned here
 *   known absence              509     504    506      556
 *   one body of 350 bytes    1,330   1,324  1,341    1,354
 *   two bodies of 350 bytes  1,999   1,993  2,026    2,152
 *
 * The resident set grew by 370 to 900 bytes more for each, which is the collector's slack and the allocator's:
 * it depends on flags and on the machine, so it is left out.
 */

/** Objects of an entry and of its key, and their slots in the tables of the cache. */
const ENTRY_BYTES = 416;

/** Objects of a body, its digest, and the memory block that its bytes lie in. */
const BODY_BYTES = 448;

/** Two where the key's text leaves Latin-1, and as much again, because a short id is a copy beside the text that it is cut from. */
const BYTES_PER_KEY_CHARACTER = 4;

/** The least that any entry costs, in bytes. */
export const MIN_ENTRY_COST = ENTRY_BYTES;

/**
 * Estimates the bytes of memory that keeping `entry` takes.
 * A body counts for its own bytes: whoever makes one must not cut it out of a larger buffer, which it would keep alive.
 */
export const entryCost = (entry: CacheEntry): number => {
  let bytes = ENTRY_BYTES + BYTES_PER_KEY_CHARACTER * entry.key.text.length;
  for (const body of entry.bodies) bytes += BODY_BYTES + body.bytes.byteLength;
  return bytes;
};
