import type { Coherence } from '../../domain/cache/coherence.ts';
import { DeadlineExceededError, SourceTimeoutError } from '../../domain/cache/errors.ts';
import { changesSince, type JournalPage, type PageChanges } from '../../domain/cache/journal-page.ts';
import type { CoherenceCounts } from '../../ports/inbound/status-reader.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Announcement, InvalidationJournal } from '../../ports/outbound/invalidation-journal.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { Invocation } from '../time/elapsed-time.ts';
import { freezeAwareTimer } from '../time/timers.ts';

/** Longest time in milliseconds for one call to the journal. */
const TIMEOUT_MS = 1_000;
/** Milliseconds after a failed check before the next one. Meanwhile, memory is not used and no reader waits. */
const RETRY_MS = 1_000;
/** Milliseconds by which the clocks of two environments may differ. */
const CLOCK_SKEW_MS = 10_000;
/** A journal that does not answer within this time is to blame, even if it had no more because the invocation ends. */
const LEAST_TIMEOUT_MS = 100;

/** Where the writes of a scope are announced. */
export interface ScopePlace {
  readonly journal: InvalidationJournal;
  /** The name of the scope in the journal. */
  readonly scope: string;
}

export interface ScopeParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly invocation: Invocation;
  /** Milliseconds after a write of unknown outcome in which it may still be applied. */
  readonly windowMs: number;
  readonly counts: { -readonly [Name in keyof CoherenceCounts]: CoherenceCounts[Name] };
  /** Receives what others announced, before a check or an announcement ends. */
  readonly onChanges: (changes: readonly PageChanges[]) => void;
}

/** Which checks are late enough. */
export interface CheckNeed {
  /** Whether only those of the running invocation are. */
  readonly inInvocation: boolean;
  /** Longest time in milliseconds since they began. */
  readonly maxAgeMs: number;
}

const ONCE_PER_INVOCATION: CheckNeed = { inInvocation: true, maxAgeMs: Number.POSITIVE_INFINITY };
/** Without INVOKE events. A failed request for an event still counts as an invocation, which begins with a check. */
const UNOBSERVED_INVOCATIONS: CheckNeed = { inInvocation: true, maxAgeMs: 100 };

/** @param isNotified whether INVOKE events report invocations */
export const checkNeedOf = (coherence: Coherence, isNotified: boolean): CheckNeed => {
  if (coherence.mode === 'interval') return { inInvocation: false, maxAgeMs: coherence.ms };
  return isNotified ? ONCE_PER_INVOCATION : UNOBSERVED_INVOCATIONS;
};

/** When something began. */
interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

interface Check {
  /** Its place among the calls to the journal. */
  readonly call: number;
  readonly beganAt: Moment;
  /** `Invocation.count` when it began. */
  readonly invocation: number;
  /** Never rejects. */
  readonly done: Promise<void>;
}

/** What is known of one page, and the number of calls that had begun when that became known. */
interface KnownPage {
  readonly page: JournalPage;
  readonly calls: number;
}

const everything = (mayBeUnknown: boolean): PageChanges => ({
  pages: 1,
  index: 0,
  everything: true,
  keys: [],
  stripes: [],
  mayBeUnknown,
});

const nameOf = ({ pages, index }: JournalPage): string => `${pages}/${index}`;

/** What the journal says of one scope, and how old that is. */
export class CoherentScope {
  readonly #place: ScopePlace;
  readonly #parts: ScopeParts;
  readonly #known = new Map<string, KnownPage>();
  /** Whether a check has ever succeeded. Nothing is known of what was announced before it. */
  hasBaseline = false;
  #calls = 0;
  /** The last successful check. */
  #last: Check | undefined;
  /** The last check that was started; absent once it has failed. */
  #running: Check | undefined;
  /** When the last check failed or was retried; absent after a success. */
  #failedAt: Moment | undefined;
  #announcementsFail = false;
  /** `Invocation.count` at the last read. */
  #usedIn: number | undefined;

  constructor(place: ScopePlace, parts: ScopeParts) {
    this.#place = place;
    this.#parts = parts;
  }

  isAt({ journal, scope }: ScopePlace): boolean {
    return journal === this.#place.journal && scope === this.#place.scope;
  }

  /** What is known of the pages of the scope; absent before the first successful check. */
  get pages(): readonly JournalPage[] | undefined {
    return this.hasBaseline ? [...this.#known.values()].map(({ page }) => page) : undefined;
  }

  /** Whether a check has succeeded that began late enough. */
  isCurrent(need: CheckNeed): boolean {
    return this.#last !== undefined && this.#isLateEnough(this.#last, need);
  }

  /**
   * Waits for a check that began late enough. Resolves as well when it failed; after that, and until the journal answers
   * again, there is nothing to wait for.
   *
   * @returns `undefined` if there is nothing to wait for
   */
  wait(need: CheckNeed): Promise<void> | undefined {
    this.#usedIn = this.#parts.invocation.count;
    return this.#ensureCheck(need);
  }

  /** An invocation has begun: starts its check, if there were reads in the one before. */
  beginInvocation(): void {
    if (this.#usedIn === this.#parts.invocation.count - 1) void this.#ensureCheck(ONCE_PER_INVOCATION);
  }

  /** As `wait`. */
  #ensureCheck(need: CheckNeed): Promise<void> | undefined {
    if (this.isCurrent(need)) return undefined;
    if (this.#failedAt !== undefined) {
      if (this.#ageOf(this.#failedAt) >= RETRY_MS) this.#check();
      return undefined;
    }
    const running = this.#running;
    return running !== undefined && this.#isLateEnough(running, need) ? running.done : this.#check().done;
  }

  /** Announces a write. Resolves with whether that succeeded; never rejects. */
  async announce(changed: Announcement['changed'], isUnknown: boolean): Promise<boolean> {
    const { journal, scope } = this.#place;
    const { clock, counts, logger } = this.#parts;
    const call = this.#nextCall();
    try {
      // The write was made: even at the end of an invocation, others must have a chance to learn of it.
      const pages = await this.#withTimeout(
        (signal) => journal.announce({ scope, changed, isUnknown, at: clock.now() }, signal),
        LEAST_TIMEOUT_MS,
      );
      counts.announcements += 1;
      this.#announcementsFail = false;
      if (this.hasBaseline) this.#learn(this.#changesIn(pages, call));
      return true;
    } catch (error) {
      counts.failedAnnouncements += 1;
      if (!this.#announcementsFail)
        logger.warn(
          'writes cannot be announced: other environments may serve these items as they were before, until their entries expire',
          { scope, error },
        );
      this.#announcementsFail = true;
      return false;
    }
  }

  #check(): Check {
    const { journal, scope } = this.#place;
    const { counts, invocation } = this.#parts;
    const call = this.#nextCall();
    const beganAt = this.#now();
    // While the journal does not answer, one check a second is enough.
    if (this.#failedAt !== undefined) this.#failedAt = beganAt;
    counts.checks += 1;
    const check: Check = {
      call,
      beganAt,
      invocation: invocation.count,
      done: this.#withTimeout((signal) => journal.check(scope, signal)).then(
        (pages) => this.#succeed(check, pages),
        (error: unknown) => this.#fail(check, error),
      ),
    };
    this.#running = check;
    return check;
  }

  #succeed(check: Check, pages: readonly JournalPage[]): void {
    const { counts, clock, logger } = this.#parts;
    counts.checkMs += Math.max(0, clock.monotonic() - check.beganAt.monotonic);
    const changes = this.#changesIn(pages, check.call);
    // Even if the page became known after the check began: it may have been deleted since, by what an earlier call says.
    const isMissing = ({ page }: KnownPage) =>
      !pages.some((one) => one.pages === page.pages && one.index === page.index);
    for (const known of this.#known.values()) if (isMissing(known)) changes.push(this.#forget(known));
    const isFirst = !this.hasBaseline;
    this.hasBaseline = true;
    // What was announced before the first check matters only if it may still be applied.
    this.#learn(isFirst ? [everything(pages.some((page) => this.#mayHaveUnknown(page)))] : changes);
    if (this.#last === undefined || this.#last.call < check.call) this.#last = check;
    if (this.#failedAt !== undefined) logger.warn('the journal answers again', { scope: this.#place.scope });
    this.#failedAt = undefined;
  }

  #fail(check: Check, error: unknown): void {
    const { counts, logger } = this.#parts;
    counts.failedChecks += 1;
    // A failed check decides nothing: the next read makes another one and does not wait for this one.
    if (this.#running === check) this.#running = undefined;
    // The journal is not to blame, or has answered since.
    if (error instanceof DeadlineExceededError || (this.#last?.call ?? 0) > check.call) return;
    // The call was frozen, which may have broken its connection. The check of this invocation decides.
    const { count } = this.#parts.invocation;
    if (check.invocation !== count && this.#running?.invocation === count) return;
    if (this.#failedAt === undefined)
      logger.warn(
        'the journal cannot be read: until it answers again, reads of these items go to the source',
        { scope: this.#place.scope, error },
      );
    this.#failedAt = this.#now();
  }

  #changesIn(pages: readonly JournalPage[], call: number): PageChanges[] {
    return pages.flatMap((page) => this.#changesOf(page, call) ?? []);
  }

  #changesOf(page: JournalPage, call: number): PageChanges | undefined {
    const name = nameOf(page);
    const known = this.#known.get(name);
    const isOlder =
      known !== undefined &&
      known.page.epoch === page.epoch &&
      known.page.head + known.page.everything > page.head + page.everything;
    // The answer to an earlier call arrived later.
    if (isOlder && call <= known.calls) return undefined;
    this.#known.set(name, { page, calls: this.#calls });
    return changesSince(known?.page, page);
  }

  /** The page is gone: the journal was deleted. */
  #forget({ page }: KnownPage): PageChanges {
    this.#known.delete(nameOf(page));
    return everything(true);
  }

  /** Whether a write of unknown outcome that was announced on the page may still be applied. */
  #mayHaveUnknown({ unknownAt }: JournalPage): boolean {
    const { clock, windowMs } = this.#parts;
    return clock.now() - unknownAt < windowMs + CLOCK_SKEW_MS;
  }

  #learn(changes: readonly PageChanges[]): void {
    if (changes.length > 0) this.#parts.onChanges(changes);
  }

  #isLateEnough(check: Check, { inInvocation, maxAgeMs }: CheckNeed): boolean {
    if (inInvocation && check.invocation !== this.#parts.invocation.count) return false;
    return maxAgeMs === Number.POSITIVE_INFINITY || this.#ageOf(check.beganAt) < maxAgeMs;
  }

  /** By the clock that says more: one of them may have stood still. */
  #ageOf({ wall, monotonic }: Moment): number {
    const { clock } = this.#parts;
    return Math.max(clock.now() - wall, clock.monotonic() - monotonic);
  }

  #now(): Moment {
    const { clock } = this.#parts;
    return { wall: clock.now(), monotonic: clock.monotonic() };
  }

  #nextCall(): number {
    this.#calls += 1;
    return this.#calls;
  }

  #withTimeout<T>(ask: (signal: AbortSignal) => Promise<T>, leastMs = 0): Promise<T> {
    const { clock, invocation } = this.#parts;
    const timeoutMs = Math.max(leastMs, invocation.budgetMs(TIMEOUT_MS, clock.now()));
    const abort = new AbortController();
    return new Promise<T>((resolve, reject) => {
      const cancel = freezeAwareTimer(clock, timeoutMs, () => {
        const message = `the journal did not answer within ${Math.round(timeoutMs)} ms`;
        const error =
          timeoutMs < LEAST_TIMEOUT_MS ? new DeadlineExceededError(message) : new SourceTimeoutError(message);
        reject(error);
        abort.abort(error);
      });
      ask(abort.signal).then(resolve, reject).finally(cancel);
    });
  }
}
