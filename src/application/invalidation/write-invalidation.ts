import type { Address } from '../../domain/cache/cache-entry.ts';
import type { Invalidator } from '../../ports/inbound/invalidator.ts';
import type { Groups } from '../groups.ts';
import type { RecentWrites, WriteEnd } from '../storing/recent-writes.ts';

/** The keys and whole groups that a write may change; `everything` if that is unknown. */
export type WriteTargets = 'everything' | readonly Address[];

/** A running write that bypasses the cache. */
export interface OpenWrite {
  /** Must be called once, before the client receives the answer to its write. */
  end(how: WriteEnd): void;
}

/** Invalidates what a write that bypasses the cache may change. */
export class WriteInvalidation {
  readonly #recentWrites: RecentWrites;
  readonly #invalidator: Invalidator;
  readonly #groups: Groups;

  constructor(marks: RecentWrites, invalidator: Invalidator, groups: Groups) {
    this.#recentWrites = marks;
    this.#invalidator = invalidator;
    this.#groups = groups;
  }

  /** A write begins. Invalidates its targets now and when it ends; reads in between do not fill the cache. */
  begin(written: WriteTargets): OpenWrite {
    const addresses =
      written === 'everything' ? this.#groups.all.map(({ name }) => ({ group: name })) : distinct(written);
    const ends = addresses.map((address) => this.#recentWrites.begin(address));
    this.#invalidate(addresses);
    return {
      end: (how) => {
        for (const end of ends) end(how);
        this.#invalidate(addresses);
      },
    };
  }

  #invalidate(addresses: readonly Address[]): void {
    for (const { group, key } of addresses) {
      if (key === undefined) this.#invalidator.invalidateGroup(group);
      else this.#invalidator.invalidate(key);
    }
  }
}

/** Leaves out addresses that another one covers: invalidating a group walks through all entries. */
const distinct = (addresses: readonly Address[]): readonly Address[] => {
  const groups = new Set(addresses.filter(({ key }) => key === undefined).map(({ group }) => group));
  const rest = addresses.filter(({ group }) => !groups.has(group));
  return [...[...groups].map((group) => ({ group })), ...rest];
};
