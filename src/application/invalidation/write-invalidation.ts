import type { Address } from '../../domain/cache/cache-entry.ts';
import type { Invalidator } from '../../ports/inbound/invalidator.ts';
import type { CoherenceGate } from '../coherence/coherence-gate.ts';
import type { RecentWrites, WriteEnd } from '../storing/recent-writes.ts';

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
        const announced = how === 'nothing' ? undefined : coherence?.announce(addresses, how === 'unknown');
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
