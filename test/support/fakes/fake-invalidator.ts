import type { Address, EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import type { Invalidator } from '../../../src/ports/inbound/invalidator.ts';

/** Records what it is asked to invalidate. */
export class FakeInvalidator implements Invalidator {
  readonly keys: EntryKey[] = [];
  readonly groups: string[] = [];

  /** What it was asked to invalidate in all environments. */
  readonly announced: Address[] = [];
  /** Undefined if there is no journal. */
  announcement: Promise<void> | undefined;

  invalidateEverywhere(address: Address): Promise<void> | undefined {
    this.announced.push(address);
    return this.announcement;
  }

  invalidate(key: EntryKey): void {
    this.keys.push(key);
  }

  invalidateGroup(group: string): void {
    this.groups.push(group);
  }
}
