import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import type { Invalidator } from '../../../src/ports/inbound/invalidator.ts';

/** Keeps what it was told to forget. */
export class FakeInvalidator implements Invalidator {
  readonly keys: EntryKey[] = [];
  readonly groups: string[] = [];

  invalidate(key: EntryKey): void {
    this.keys.push(key);
  }

  invalidateGroup(group: string): void {
    this.groups.push(group);
  }
}
