import type { CacheEntry } from '../../domain/cache/cache-entry.ts';

/*
 * How the figures were arrived at: 100,000 entries of the shape that the use cases store were put into an `LruShare` under
 * `node --expose-gc`, and the growth of `heapUsed + external` between full collections was divided by their number, with
 * keys of 35 characters:
 *
 *                            Node 22   24     reckoned here
 *   known absence              244     244      294
 *   one body of 350 bytes      742     743      836
 *   two bodies of 350 bytes  1,304   1,304    1,378
 *
 * What is reckoned above that is for the holes between bodies. The resident set grows by some 20 % more, which is the
 * collector's slack: it depends on flags and on the machine, so it is left out.
 */

/** Objects of an entry, and its slots in the tables of the cache. */
const ENTRY_BYTES = 224;

/** Objects of a body and its digest. */
const BODY_BYTES = 192;

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
