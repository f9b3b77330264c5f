import {
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  type TransientError,
} from '../../../src/domain/cache/errors.ts';
import { emptyPage, type JournalPage, pageOf, stripeOf } from '../../../src/domain/cache/journal-page.ts';
import type { Announcement, InvalidationJournal } from '../../../src/ports/outbound/invalidation-journal.ts';
import type { Chance } from '../chance.ts';
import type { EnvironmentClock, FleetTime } from './fleet-time.ts';

/** What is wrong with the journal for all environments. */
export type JournalOutage = 'none' | 'throttled' | 'denied' | 'hanging' | 'lossy';

/** The pages of all scopes, as all environments see them. */
export class FleetJournal {
  readonly #scopes = new Map<string, Map<string, JournalPage>>();
  outage: JournalOutage = 'none';
  #epochs = 0;
  #isDeleted = false;

  /** In each scope something was announced before, so that its readers know a page. */
  constructor(scopes: readonly string[]) {
    for (const scope of scopes) this.#begin(scope);
  }

  read(scope: string): readonly JournalPage[] {
    return [...(this.#scopes.get(scope)?.values() ?? [])];
  }

  /**
   * Deletes all pages, as if the table was made again. An environment that has seen a scope
   * without any page could not notice the next time, so that there is none.
   *
   * @param isEmpty whether nothing is announced at once
   */
  reset(isEmpty: boolean): void {
    if (this.#isDeleted) return;
    this.#isDeleted = isEmpty;
    for (const scope of this.#scopes.keys()) {
      this.#scopes.set(scope, new Map());
      if (!isEmpty) this.#begin(scope);
    }
  }

  /**
   * Does a part of an announcement: that of one page.
   *
   * @param ringLimit announced keys that the page names one by one
   */
  announce(
    announcement: Announcement,
    page: { pages: number; index: number },
    ringLimit: number,
  ): JournalPage {
    const { scope, changed, isUnknown } = announcement;
    const known = this.#scopes.get(scope) ?? new Map<string, JournalPage>();
    this.#scopes.set(scope, known);
    const name = `${page.pages}/${page.index}`;
    const before = known.get(name) ?? this.#newPage(page);
    const hashes =
      changed === 'everything' ? [] : changed.filter((hash) => pageOf(hash, page.pages) === page.index);
    const stripes = new Map(before.stripes);
    for (const hash of hashes) stripes.set(stripeOf(hash), (stripes.get(stripeOf(hash)) ?? 0) + 1);
    const ring = [...before.ring, ...hashes.map((hash) => ({ hash, isUnknown }))];
    const after: JournalPage = {
      ...before,
      head: before.head + hashes.length,
      everything: before.everything + (changed === 'everything' ? 1 : 0),
      unknown: before.unknown + (isUnknown ? 1 : 0),
      unknownAt: isUnknown ? Math.max(before.unknownAt, announcement.at) : before.unknownAt,
      stripes,
      ring: ring.slice(-ringLimit),
    };
    known.set(name, after);
    return after;
  }

  #begin(scope: string): void {
    const page = { pages: 4, index: 0 };
    this.announce({ scope, changed: [], isUnknown: false, at: 0 }, page, 1);
  }

  #newPage({ pages, index }: { pages: number; index: number }): JournalPage {
    this.#epochs += 1;
    return emptyPage({ pages, index, epoch: this.#epochs });
  }
}

/** One announcement as its environment sees it. */
export interface SentAnnouncement extends Announcement {
  readonly sentAt: number;
  state: 'open' | 'done' | 'failed';
}

export interface JournalLinkParts {
  readonly journal: FleetJournal;
  readonly time: FleetTime;
  readonly clock: EnvironmentClock;
  readonly chance: Chance;
  /** Pages of a scope, and keys in the ring of a page, that this environment writes. */
  readonly pages: number;
  readonly ring: number;
  /** Whether calls fail now and then although there is no outage. */
  readonly isUnsteady: boolean;
  /** Called with the scope of each check that begins. */
  readonly onCheck: (scope: string) => void;
  readonly onFailure: () => void;
}

type CallEnd = 'answered' | 'lost' | 'unsent' | 'hung' | 'throttled' | 'denied';

/** The way from one environment to the journal: it takes time, and fails. */
export class JournalLink implements InvalidationJournal {
  readonly announcements: SentAnnouncement[] = [];
  readonly #parts: JournalLinkParts;

  constructor(parts: JournalLinkParts) {
    this.#parts = parts;
  }

  async announce(announcement: Announcement, signal: AbortSignal): Promise<readonly JournalPage[]> {
    const sent: SentAnnouncement = { ...announcement, sentAt: this.#parts.time.passedMs, state: 'open' };
    this.announcements.push(sent);
    const fail = () => {
      if (sent.state === 'open') sent.state = 'failed';
    };
    signal.addEventListener('abort', fail);
    try {
      const pages = await this.#call(signal, (part) => this.#announceAt(announcement, part));
      if (sent.state === 'open') sent.state = 'done';
      return pages;
    } catch (error) {
      fail();
      throw error;
    }
  }

  check(scope: string, signal: AbortSignal): Promise<readonly JournalPage[]> {
    this.#parts.onCheck(scope);
    return this.#call(signal, () => this.#parts.journal.read(scope));
  }

  /** Announces at each page. @param share a smaller share than 1 for a call that breaks off */
  #announceAt(announcement: Announcement, share: number): readonly JournalPage[] {
    const { journal, pages, ring } = this.#parts;
    const { changed } = announcement;
    const indexes = changed === 'everything' ? [0] : [...new Set(changed.map((hash) => pageOf(hash, pages)))];
    const reached = indexes.slice(0, Math.ceil(indexes.length * share));
    return reached.map((index) => journal.announce(announcement, { pages, index }, ring));
  }

  #call<Answer>(signal: AbortSignal, act: (share: number) => Answer): Promise<Answer> {
    const { time, clock, chance, onFailure } = this.#parts;
    return new Promise((resolve, reject) => {
      const fail = (error: TransientError | SourceRefusedError, afterMs = this.#wayMs()) =>
        clock.after(afterMs, () => {
          onFailure();
          reject(error);
        });
      signal.addEventListener('abort', () => {
        onFailure();
        reject(signal.reason);
      });
      switch (this.#endOfCall()) {
        case 'throttled':
          fail(new SourceThrottledError('the journal was throttled'));
          break;
        case 'denied':
          fail(new SourceRefusedError('the journal refuses'));
          break;
        case 'unsent':
          fail(new SourceConnectionError('no connection to the journal'));
          break;
        case 'lost':
          time.schedule(this.#wayMs(), () => act(chance.fraction()));
          fail(new SourceConnectionError('the answer of the journal was lost'), this.#wayMs() + 20);
          break;
        case 'hung':
          break;
        case 'answered':
          time.schedule(this.#wayMs(), () => {
            const answer = act(1);
            time.schedule(this.#wayMs(), () => clock.deliver(() => resolve(answer)));
          });
      }
    });
  }

  #endOfCall(): CallEnd {
    const { chance, journal, isUnsteady } = this.#parts;
    switch (journal.outage) {
      case 'throttled':
      case 'denied':
        return chance.oneIn(10) ? 'answered' : journal.outage;
      case 'hanging':
        return 'hung';
      case 'lossy':
        return chance.pick(['answered', 'lost', 'lost', 'unsent']);
      case 'none':
        return isUnsteady && chance.oneIn(40)
          ? chance.pick(['lost', 'unsent', 'hung', 'throttled'])
          : 'answered';
    }
  }

  #wayMs(): number {
    const { chance } = this.#parts;
    return chance.oneIn(6) ? chance.between(30, 250) : chance.between(1, 10);
  }
}
