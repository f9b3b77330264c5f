import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { Groups } from '../groups.ts';
import type { Statistics } from '../statistics.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import type { Fence } from '../storing/fence.ts';
import type { RecentWrites } from '../storing/recent-writes.ts';

/** A read that bypasses `ItemSource`. */
export interface ExternalRead {
  /** Content types of the bodies that a stored answer must have. */
  readonly contentTypes: readonly string[];
  /** Whether the read must be strongly consistent, because one of its keys was written recently. */
  readonly isConsistent: boolean;
  /** Stores an answer, by the same rules as the answer to any other read. */
  store(answer: Pick<SourceAnswer, 'key' | 'bodies'>): void;
  /** Ends the stale windows of these keys, because the source refused to answer them. */
  refuse(keys: readonly EntryKey[]): void;
  /** Must be called once, even if the read failed. */
  end(): void;
}

export interface SideLoadParts {
  readonly groups: Groups;
  readonly fence: Fence;
  readonly recentWrites: RecentWrites;
  readonly writer: EntryWriter;
  readonly statistics: Statistics;
  readonly clock: Clock;
}

/** Stores the answers to reads that bypass `ItemSource`. */
export class SideLoad {
  readonly #parts: SideLoadParts;

  constructor(parts: SideLoadParts) {
    this.#parts = parts;
  }

  /** A read of these keys of one group begins now. Counts them as misses, and the read as one upstream call. */
  begin(group: string, keys: readonly EntryKey[], contentType: string): ExternalRead {
    const { groups, fence, recentWrites, writer, statistics, clock } = this.#parts;
    groups.keepContentType(group, contentType);
    statistics.misses += keys.length;
    statistics.sourceReads += 1;
    const order = fence.begin();
    const askedAt = clock.now();
    return {
      contentTypes: groups.contentTypesOf(group),
      isConsistent: keys.some((key) => recentWrites.isRecent(key)),
      store: (answer) => {
        writer.write({ ...answer, askedAt }, order);
      },
      refuse: (refused) => {
        for (const key of refused) writer.refuse(key, order);
      },
      end: () => fence.end(order),
    };
  }
}
