import type { Address } from '../../domain/cache/cache-entry.ts';
import type { Invalidator } from '../../ports/inbound/invalidator.ts';
import type { Groups } from '../groups.ts';
import type { RecentWrites, WriteEnd } from '../storing/recent-writes.ts';

/** What a write may change: entries, whole groups, or nobody knows what. */
export type WrittenAddresses = 'everything' | readonly Address[];

/** A write on its way past the cache. */
export interface OpenWrite {
  /** Must be called once, before the writer learns how the write ended. */
  end(how: WriteEnd): void;
}

/** Sees to it that nobody is answered from memory as it was before a write that goes past the cache. */
export class WriteInvalidation {
  readonly #marks: RecentWrites;
  readonly #invalidator: Invalidator;
  readonly #groups: Groups;

  constructor(marks: RecentWrites, invalidator: Invalidator, groups: Groups) {
    this.#marks = marks;
    this.#invalidator = invalidator;
    this.#groups = groups;
  }

  /** A write begins. What it may change is forgotten now, not kept until its end, and forgotten again then. */
  begin(written: WrittenAddresses): OpenWrite {
    const addresses =
      written === 'everything' ? this.#groups.all.map(({ name }) => ({ group: name })) : distinct(written);
    const ends = addresses.map((address) => this.#marks.begin(address));
    this.#forget(addresses);
    return {
      end: (how) => {
        for (const end of ends) end(how);
        this.#forget(addresses);
      },
    };
  }

  #forget(addresses: readonly Address[]): void {
    for (const { group, key } of addresses) {
      if (key === undefined) this.#invalidator.invalidateGroup(group);
      else this.#invalidator.invalidate(key);
    }
  }
}

/** Without those that another one covers: to forget a group takes a walk over all that is remembered. */
const distinct = (addresses: readonly Address[]): readonly Address[] => {
  const groups = new Set(addresses.filter(({ key }) => key === undefined).map(({ group }) => group));
  const rest = addresses.filter(({ group }) => !groups.has(group));
  return [...[...groups].map((group) => ({ group })), ...rest];
};
