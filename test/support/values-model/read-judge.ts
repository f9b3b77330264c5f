import type { FakeClock } from '../fakes/fake-clock.ts';
import type { Chronology } from '../model/read-history.ts';
import type { ModelledAws } from './modelled-aws.ts';
import { type Shown, shownIn, subjectOf, type ValueQuery } from './origin-history.ts';
import type { UpstreamCall } from './upstream-calls.ts';

/** Short beside a run, so that everything expires; long beside the times of calls. In milliseconds. */
export const LIFETIMES = {
  ttlMs: 30_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 5_000,
  staleIfErrorMs: 60_000,
};

/**
 * What a client wants. `now`: AWS is to be asked. `anew`: AWS is to be asked, perhaps by a call that is under way. `page`: any
 * value on a page that may be stale as a whole.
 */
export type Wish = 'any' | 'now' | 'anew' | 'page';

/** A read of one value by a client. */
export interface ClientRead {
  readonly how: string;
  readonly query: ValueQuery;
  /** The entry, as calls of AWS name it. */
  readonly key: string;
  readonly wish: Wish;
  readonly began: ReadStart;
  /** The age that the answer states, in seconds; absent if it states none. */
  readonly ageSeconds?: number;
}

export interface ReadStart {
  readonly ms: number;
  /** The last acknowledged write of each parameter and secret at that time. */
  readonly floors: ReadonlyMap<string, number>;
}

/** A step of the wall clock, in milliseconds. */
interface ClockStep {
  readonly atMs: number;
  readonly ms: number;
}

/** Judges what clients are answered by what AWS had, and by the calls of AWS. */
export class ReadJudge {
  readonly #aws: ModelledAws;
  readonly #clock: FakeClock;
  readonly #chronology: Chronology;
  readonly #steps: ClockStep[] = [];
  #floors: ReadonlyMap<string, number> = new Map();
  /** What was found wrong. */
  readonly faults: string[] = [];
  reads = 0;
  /** Answers that were stale. */
  staleReads = 0;

  constructor(aws: ModelledAws, clock: FakeClock, chronology: Chronology) {
    this.#aws = aws;
    this.#clock = clock;
    this.#chronology = chronology;
  }

  begin(): ReadStart {
    this.#chronology.next();
    return { ms: this.#clock.passedMs, floors: this.#floors };
  }

  /** A client was told that its write was done, which made the epoch of this order. */
  acknowledge(subject: string, order: number): void {
    this.#floors = new Map(this.#floors).set(subject, Math.max(order, this.#floors.get(subject) ?? 0));
  }

  clockStepped(ms: number): void {
    this.#aws.calls.disturbed();
    this.#steps.push({ atMs: this.#clock.passedMs, ms: Math.abs(ms) });
  }

  froze(): void {
    this.#aws.calls.disturbed();
  }

  /** @param shown the text of the value; undefined if it does not exist */
  judge(read: ClientRead, shown: string | undefined): void {
    this.reads += 1;
    const { query, began } = read;
    const subject = subjectOf(query);
    const isShown = (epoch: Parameters<typeof shownIn>[0]) => shownIn(epoch, query) === shown;
    const matching = this.#aws.history.since(subject, this.#oldestMs(read, shown)).filter(isShown);
    if (matching.length === 0) {
      const ever = this.#aws.history.since(subject, 0).filter(isShown);
      const endMs = ever[0]?.end?.atMs;
      this.#fault(
        read,
        shown,
        endMs === undefined ? 'AWS never had it' : `AWS had it until ${began.ms - endMs} ms before the read`,
      );
      return;
    }
    const floor = began.floors.get(subject) ?? 0;
    if (!matching.some(({ end }) => (end?.order ?? Number.POSITIVE_INFINITY) > floor)) {
      this.#fault(read, shown, 'it is older than a write that was acknowledged before the read');
      return;
    }
    if (read.wish === 'now' || read.wish === 'anew') this.#judgeCall(read, shown);
    else if (shown !== undefined && read.wish === 'any') this.#judgeAge(read, shown);
  }

  /** The cache must have asked AWS since the client did, or have been asking. */
  #judgeCall(read: ClientRead, shown: string | undefined): void {
    const { wish, began, key, query } = read;
    const isNewEnough = ({ arrivedMs, end }: UpstreamCall) =>
      wish === 'now' ? arrivedMs >= began.ms : end === undefined || end.ms >= began.ms;
    const wasAsked = this.#aws.calls
      .readsOf(key)
      .some((call) => call.isOfCache && isNewEnough(call) && this.#showed(call, query) === shown);
    if (!wasAsked) this.#fault(read, shown, 'AWS was not asked for it');
  }

  /** What a call answered; null if AWS did not carry it out. */
  #showed({ executed }: UpstreamCall, query: ValueQuery): Shown {
    const epoch = executed === undefined ? undefined : this.#aws.history.at(subjectOf(query), executed);
    return epoch === undefined ? null : shownIn(epoch, query);
  }

  /** From when on AWS may have had the value. */
  #oldestMs({ wish, began, key, query }: ClientRead, shown: string | undefined): number {
    const { ttlMs, negativeTtlMs, staleIfErrorMs } = LIFETIMES;
    if (wish === 'now') return began.ms;
    // The call that answered tells.
    if (wish === 'anew') return 0;
    if (wish === 'any' && shown === undefined) return this.#before(began.ms, negativeTtlMs);
    const service = serviceOf(query);
    const isOutage =
      wish === 'any' || this.#aws.calls.mayHaveFailed(service, key, began.ms, this.#clock.passedMs);
    return this.#before(began.ms, ttlMs + (isOutage ? staleIfErrorMs : LIFETIMES.staleWhileRevalidateMs));
  }

  /** The earliest moment that may have been so long before by a wall clock that was stepped. */
  #before(ms: number, ageMs: number): number {
    let earliestMs = ms - ageMs;
    let steppedMs = 0;
    for (const step of this.#steps.toReversed()) {
      steppedMs += step.ms;
      const beforeMs = ms - ageMs - steppedMs;
      if (beforeMs <= step.atMs) earliestMs = beforeMs;
    }
    return earliestMs;
  }

  /** Some read of AWS must allow the answer: a fresh one, or a stale one in an outage that was not refused since. */
  #judgeAge(read: ClientRead, shown: string): void {
    const { began, key, query } = read;
    const { calls } = this.#aws;
    const { ttlMs, staleWhileRevalidateMs: revalidateMs } = LIFETIMES;
    const hasShown = (call: UpstreamCall) => this.#showed(call, query) === shown;
    const reads = calls.readsOf(key);
    this.#judgeStatedAge(read, shown, reads.findLast(hasShown));
    const youngerThan = (ageMs: number) => {
      const sinceMs = this.#before(began.ms, ageMs);
      return reads.filter((call) => call.arrivedMs >= sinceMs && hasShown(call));
    };
    const freshMs = this.#before(began.ms, ttlMs);
    const last = reads.findLast((call) => call.arrivedMs < freshMs || hasShown(call));
    if (last !== undefined && last.arrivedMs >= freshMs) return;
    this.staleReads += 1;
    const stale = youngerThan(ttlMs + LIFETIMES.staleIfErrorMs);
    if (stale.length === 0) {
      this.#fault(read, shown, 'it was not read from AWS within its lifetimes');
    } else if (stale.every((call) => calls.wasRefusedAfter(call, key, began.ms))) {
      this.#fault(read, shown, 'it is stale after a refusal');
    } else if (
      youngerThan(ttlMs + revalidateMs).length === 0 &&
      !calls.mayHaveFailed(serviceOf(query), key, began.ms, this.#clock.passedMs)
    ) {
      this.#fault(read, shown, 'it is stale although AWS did not fail');
    }
  }

  /** Not younger than the last call that may have been the origin of the value. */
  #judgeStatedAge(read: ClientRead, shown: string, origin: UpstreamCall | undefined): void {
    const { began, ageSeconds } = read;
    // After a step of the wall clock, ages are unknown.
    if (ageSeconds === undefined || origin === undefined || this.#steps.length > 0) return;
    const leastSeconds = Math.floor((began.ms - origin.arrivedMs) / 1_000);
    if (ageSeconds < leastSeconds)
      this.#fault(read, shown, `its age is stated as ${ageSeconds} s, and is at least ${leastSeconds} s`);
  }

  #fault({ how, key, wish, began }: ClientRead, shown: string | undefined, what: string): void {
    this.faults.push(
      `${how} of ${key} (${wish}) at ${began.ms}–${this.#clock.passedMs} ms answered ${shown ?? 'an absence'}: ${what}`,
    );
  }
}

const serviceOf = ({ kind }: ValueQuery): string => (kind === 'secret' ? 'secretsmanager' : 'ssm');
