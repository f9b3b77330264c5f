import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { Groups } from '../groups.ts';
import type { Statistics } from '../statistics.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import type { Fence } from '../storing/fence.ts';
import type { RecentWrites } from '../storing/recent-writes.ts';

/** A question to the source that is asked past its port. */
export interface ExternalRead {
  /** Wall time in milliseconds at which it is asked. */
  readonly askedAt: number;
  /** Content types of the bodies that answers are to have. */
  readonly contentTypes: readonly string[];
  /** Whether it must be asked consistently for its answers to be stored. */
  readonly isConsistent: boolean;
  /** Stores an answer if, by the rules of a read, it may be stored. */
  take(answer: Pick<SourceAnswer, 'key' | 'bodies'>): void;
  /** Must be called once, answered or not. */
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

/** Takes in answers that came by another way than through the port of the source. */
export class SideLoad {
  readonly #groups: Groups;
  readonly #fence: Fence;
  readonly #recentWrites: RecentWrites;
  readonly #writer: EntryWriter;
  readonly #statistics: Statistics;
  readonly #clock: Clock;

  constructor({ groups, fence, recentWrites, writer, statistics, clock }: SideLoadParts) {
    this.#groups = groups;
    this.#fence = fence;
    this.#recentWrites = recentWrites;
    this.#writer = writer;
    this.#statistics = statistics;
    this.#clock = clock;
  }

  /** The source is asked about these keys of a group, now. */
  begin(group: string, keys: readonly EntryKey[], contentType: string): ExternalRead {
    this.#groups.keepContentType(group, contentType);
    this.#statistics.misses += keys.length;
    this.#statistics.sourceReads += 1;
    const order = this.#fence.begin();
    const askedAt = this.#clock.now();
    return {
      askedAt,
      contentTypes: this.#groups.contentTypesOf(group),
      isConsistent: keys.some((key) => this.#recentWrites.isRecent(key)),
      take: (answer) => {
        this.#writer.write({ ...answer, askedAt }, order);
      },
      end: () => this.#fence.end(order),
    };
  }
}
