import type { ReadResult } from '../../../src/ports/inbound/item-reader.ts';

/** The text of the item found; undefined for an absence. */
export const textOf = (result: ReadResult): string | undefined =>
  result.outcome === 'found' ? new TextDecoder().decode(result.body.bytes) : undefined;

/** What became of a promise by now, without waiting for it. */
export const watch = <T>(
  promise: Promise<T>,
): { readonly state: () => 'pending' | 'resolved' | 'rejected' } => {
  let state: 'pending' | 'resolved' | 'rejected' = 'pending';
  promise.then(
    () => {
      state = 'resolved';
    },
    () => {
      state = 'rejected';
    },
  );
  return { state: () => state };
};
