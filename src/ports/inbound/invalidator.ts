import type { EntryKey } from '../../domain/cache/cache-entry.ts';

/** Inbound: invalidates entries. A read in flight at that moment is not stored, and later readers do not share it. */
export interface Invalidator {
  invalidate(key: EntryKey): void;
  invalidateGroup(group: string): void;
}
