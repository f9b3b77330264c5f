import type { EntryKey } from '../../domain/cache/cache-entry.ts';

/** Inbound: makes the cache forget. What is being read at that moment is not stored, and not given to later readers. */
export interface Invalidator {
  invalidate(key: EntryKey): void;
  invalidateGroup(group: string): void;
}
