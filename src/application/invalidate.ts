import type { EntryKey } from '../domain/cache/entry-key.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { Invalidator } from '../ports/invalidator.ts';
import type { Fence } from './fence.ts';
import type { Flights } from './flights.ts';

/** Forgets entries, and sees to it that no read begun before brings them back. */
export class Invalidate implements Invalidator {
  readonly #store: CacheStore;
  readonly #fence: Fence;
  readonly #flights: Flights;

  constructor(store: CacheStore, fence: Fence, flights: Flights) {
    this.#store = store;
    this.#fence = fence;
    this.#flights = flights;
  }

  invalidate(key: EntryKey): void {
    this.#fence.invalidate(key);
    this.#flights.spoil(key);
    this.#store.delete(key);
  }

  invalidateGroup(group: string): void {
    this.#fence.invalidateGroup(group);
    this.#flights.spoilGroup(group);
    this.#store.deleteGroup(group);
  }
}
