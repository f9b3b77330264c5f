import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { Invalidator } from '../../ports/inbound/invalidator.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { SingleFlight } from '../reading/single-flight.ts';
import type { Fence } from '../storing/fence.ts';

/** Forgets entries, and sees to it that no read begun before brings them back. */
export class Invalidate implements Invalidator {
  readonly #store: CacheStore;
  readonly #fence: Fence;
  readonly #flights: SingleFlight;
  #forgotten: (group: string) => void = () => undefined;

  constructor(store: CacheStore, fence: Fence, flights: SingleFlight) {
    this.#store = store;
    this.#fence = fence;
    this.#flights = flights;
  }

  /** Has `forgotten` told, before anything else, of each group of which something is forgotten. */
  onInvalidated(forgotten: (group: string) => void): void {
    this.#forgotten = forgotten;
  }

  invalidate(key: EntryKey): void {
    this.#forgotten(key.group);
    this.#fence.invalidate(key);
    this.#flights.markSuperseded(key);
    this.#store.delete(key);
  }

  invalidateGroup(group: string): void {
    this.#forgotten(group);
    this.#fence.invalidateGroup(group);
    this.#flights.markGroupSuperseded(group);
    this.#store.deleteGroup(group);
  }
}
