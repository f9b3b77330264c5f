import type { Address, EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceUnavailableError } from '../../domain/cache/errors.ts';
import type { Invalidator } from '../../ports/inbound/invalidator.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { CoherenceGate } from '../coherence/coherence-gate.ts';
import type { SingleFlight } from '../reading/single-flight.ts';
import type { Fence } from '../storing/fence.ts';
import type { ReadFloors } from '../storing/read-floors.ts';
import type { RecentWrites, WriteEnd } from '../storing/recent-writes.ts';

export interface InvalidateParts {
  readonly store: CacheStore;
  readonly fence: Fence;
  readonly singleFlight: SingleFlight;
  readonly recentWrites: Pick<RecentWrites, 'notice'>;
  readonly coherence: Pick<CoherenceGate, 'announce'> | undefined;
  /** Keeps what other environments have read from following an invalidation. */
  readonly shared?: InvalidatedShares | undefined;
}

export interface InvalidatedShares {
  readonly floors: ReadFloors;
  /** Wall time until which a write that ends now may still be applied. */
  readonly writeHorizon: () => number;
}

/** Removes entries, and keeps reads that began earlier from storing them again. */
export class Invalidate implements Invalidator {
  readonly #store: CacheStore;
  readonly #fence: Fence;
  readonly #singleFlight: SingleFlight;
  readonly #recentWrites: Pick<RecentWrites, 'notice'>;
  readonly #coherence: Pick<CoherenceGate, 'announce'> | undefined;
  readonly #shared: InvalidatedShares | undefined;
  #notify: (group: string) => void = () => undefined;

  constructor({ store, fence, singleFlight, recentWrites, coherence, shared }: InvalidateParts) {
    this.#store = store;
    this.#fence = fence;
    this.#singleFlight = singleFlight;
    this.#recentWrites = recentWrites;
    this.#coherence = coherence;
    this.#shared = shared;
  }

  /** Calls `listener` with the group, before each invalidation and after each change elsewhere. There is one listener. */
  onInvalidated(listener: (group: string) => void): void {
    this.#notify = listener;
  }

  invalidate(key: EntryKey): void {
    this.#notify(key.group);
    this.#recentWrites.notice({ group: key.group, key });
    this.#fence.invalidate(key);
    this.#singleFlight.markSuperseded(key);
    this.#store.delete(key);
    this.#shared?.floors.raise(key, this.#shared.writeHorizon());
  }

  invalidateEverywhere(address: Address): Promise<void> | undefined {
    const announced = this.#coherence?.announce([address], false);
    if (announced === undefined) return undefined;
    const { group, key } = address;
    if (key === undefined) this.invalidateGroup(group);
    else this.invalidate(key);
    return announced.then((succeeded) => {
      if (!succeeded)
        throw new SourceUnavailableError(
          'the journal could not be written, so that the entry is invalidated in this environment only: try again',
        );
    });
  }

  /** Another environment has changed something in the group: reads that began earlier are not shared any more. */
  supersede(group: string): void {
    this.#notify(group);
    this.#singleFlight.markGroupSuperseded(group);
  }

  invalidateGroup(group: string): void {
    this.#notify(group);
    this.#recentWrites.notice({ group });
    this.#fence.invalidateGroup(group);
    this.#singleFlight.markGroupSuperseded(group);
    this.#store.deleteGroup(group);
    this.#shared?.floors.raiseGroup(group, this.#shared.writeHorizon());
  }
}

/** A running write that bypasses the cache. */
export interface OpenWrite {
  /**
   * Must be called once, and awaited before the client receives the answer to its write. Never rejects.
   *
   * @returns a promise if other environments learn of the write
   */
  end(how: WriteEnd): void | Promise<void>;
}

export interface WriteInvalidationParts {
  readonly recentWrites: RecentWrites;
  readonly invalidator: Invalidator;
  readonly coherence?: Pick<CoherenceGate, 'announce'> | undefined;
}

/** Invalidates what a write that bypasses the cache may change. */
export class WriteInvalidation {
  readonly #parts: WriteInvalidationParts;

  constructor(parts: WriteInvalidationParts) {
    this.#parts = parts;
  }

  /**
   * A write begins. Invalidates its targets now and when it ends; reads in between do not fill the cache.
   *
   * @param written the keys and whole groups that it may change
   */
  begin(written: readonly Address[]): OpenWrite {
    const { recentWrites, coherence } = this.#parts;
    const addresses = distinct(written);
    const ends = addresses.map((address) => recentWrites.begin(address));
    this.#invalidate(addresses);
    const endHere = (how: WriteEnd) => {
      for (const end of ends) end(how);
      this.#invalidate(addresses);
    };
    return {
      end: (how) => {
        const announced =
          how === 'not-applied' ? undefined : coherence?.announce(addresses, how === 'unknown');
        if (announced === undefined) return endHere(how);
        // Others do not know of a write that was not announced. Here at least, it is not cached within the window.
        return announced.then((succeeded) => endHere(succeeded ? how : 'unknown'));
      },
    };
  }

  #invalidate(addresses: readonly Address[]): void {
    const { invalidator } = this.#parts;
    for (const { group, key } of addresses) {
      if (key === undefined) invalidator.invalidateGroup(group);
      else invalidator.invalidate(key);
    }
  }
}

/** Leaves out addresses that another one covers: invalidating a group walks through all entries. */
const distinct = (addresses: readonly Address[]): readonly Address[] => {
  const groups = new Set(addresses.filter(({ key }) => key === undefined).map(({ group }) => group));
  const rest = addresses.filter(({ group }) => !groups.has(group));
  return [...[...groups].map((group) => ({ group })), ...rest];
};
