import type { Address, EntryKey } from '../../domain/cache/cache-entry.ts';

/**
 * Inbound: invalidates entries. A read in flight at that moment is not stored, and later readers do not share it. Within the
 * write window, reads that follow are strongly consistent where the source has such reads.
 */
export interface Invalidator {
  invalidate(key: EntryKey): void;
  invalidateGroup(group: string): void;
  /**
   * Invalidates an entry or a group in all environments. Each sees that at its next check of the journal.
   *
   * @returns `undefined` if the group has no journal; nothing is invalidated then
   * @throws {SourceUnavailableError} by rejection, if the journal did not take it; it is then invalidated here only
   */
  invalidateEverywhere?(address: Address): Promise<void> | undefined;
}
