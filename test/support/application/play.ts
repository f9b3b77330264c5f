import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { CacheError, TransientError } from '../../../src/domain/cache/errors.ts';
import { TtlPolicy } from '../../../src/domain/cache/ttl-policy.ts';
import type { Freshness, ReadResult } from '../../../src/ports/inbound/item-reader.ts';
import type { Gate } from '../fakes/gate.ts';
import { Chronology } from './chronology.ts';
import { createApplication } from './create-application.ts';
import { groupOf } from './groups.ts';
import { FAILURES, KEYS, type Step } from './play-step.ts';
import { textOf } from './results.ts';
import { type Question, WitnessedSource } from './witnessed-source.ts';

const LIFETIMES = { ttlMs: 1_000, negativeTtlMs: 500, staleWhileRevalidateMs: 400, staleIfErrorMs: 5_000 };
const [FIRST] = KEYS as [EntryKey];

/** A read, and what the cache made of it. */
interface Reading {
  readonly key: EntryKey;
  readonly freshness: Freshness;
  readonly order: number;
  isOver: boolean;
}

/** The application, and everything that may be asked of it at random; every answer is judged when it comes. */
export class Play {
  readonly #app;
  readonly #chronology: Chronology;
  readonly #witness: WitnessedSource;
  readonly #policy = new TtlPolicy(LIFETIMES);
  readonly #readings: Reading[] = [];
  readonly #invalidations: { readonly matches: (key: EntryKey) => boolean; readonly order: number }[] = [];
  readonly #newestFromMemory = new Map<string, number>();
  #gates: Gate[] = [];
  #versions = 0;
  /** What was found wrong. */
  readonly faults: string[] = [];

  constructor() {
    let witness: { chronology: Chronology; source: WitnessedSource } | undefined;
    const groups = [groupOf('Products', LIFETIMES, { keys: [FIRST], everything: true })];
    this.#app = createApplication({
      groups,
      fraction: 0.5,
      throughSource: (source) => {
        const chronology = new Chronology();
        witness = { chronology, source: new WitnessedSource(source, chronology) };
        return witness.source;
      },
    });
    if (witness === undefined) throw new Error('the source was not made');
    this.#chronology = witness.chronology;
    this.#witness = witness.source;
    for (const each of KEYS) this.#app.source.put(each, 'v0');
  }

  /** Takes a step; only where time may pass it is awaited, so that nothing comes in the middle of something. */
  take(each: Step): Promise<void> | void {
    const { source, clock, invalidator } = this.#app;
    switch (each.do) {
      case 'read':
        return this.#read(each.key, each.freshness);
      case 'invalidate':
        invalidator.invalidate(each.key);
        this.#invalidations.push({
          matches: ({ text }) => text === each.key.text,
          order: this.#chronology.next(),
        });
        return;
      case 'invalidateGroup':
        invalidator.invalidateGroup('Products');
        this.#invalidations.push({ matches: () => true, order: this.#chronology.next() });
        return;
      case 'change':
        this.#versions += 1;
        return source.put(each.key, `v${this.#versions}`);
      case 'remove':
        return source.remove(each.key);
      case 'skip':
        return source.leaveUnprocessed(each.key);
      case 'pass':
        return clock.advance(each.ms);
      case 'sleep':
        return clock.freeze(each.ms);
      case 'fail':
        return source.failWith(FAILURES[each.with]());
      case 'heal':
        return source.heal();
      case 'hold':
        this.#gates.push(source.hold());
        return;
      case 'open':
        return this.#gates[each.gate % this.#gates.length]?.open();
      case 'settle':
        return clock.advance(0);
      case 'invoke':
        this.#app.singleFlight.abandonFrozen();
        void this.#app.refresh.runBatch();
        return;
      case 'preload':
        // A failure on its way to its reader would not know yet of what the preload brings.
        return clock.advance(0).then(() => {
          void this.#app.preload.run();
        });
    }
  }

  /** Lets everything come to its end. */
  async end(): Promise<void> {
    const queued = (each: EntryKey) =>
      this.#witness.questions.filter(
        ({ key: asked, method }) => asked.text === each.text && method === 'read',
      ).length;
    await this.#app.clock.advance(0);
    const before = KEYS.map(queued);
    this.#app.source.heal();
    this.#app.source.hold().open();
    for (const gate of this.#gates) gate.open();
    await this.#app.clock.advance(0);
    KEYS.forEach((each, index) => {
      if (queued(each) > (before[index] ?? 0) + 1) this.faults.push('more than one flight was queued');
    });
    await this.#app.clock.advance(20_000);
    if (this.#readings.some(({ isOver }) => !isOver)) this.faults.push('a reader got no answer');
  }

  #read(asked: EntryKey, freshness: Freshness): void {
    const reading: Reading = { key: asked, freshness, order: this.#chronology.next(), isOver: false };
    this.#readings.push(reading);
    void this.#app.read(asked, freshness).then(
      (result) => this.#judge(reading, result),
      (error: unknown) => this.#judgeFailure(reading, error),
    );
  }

  #judge(reading: Reading, result: ReadResult): void {
    reading.isOver = true;
    const question = this.#witness.behind(reading.key, result.ageMs);
    if (question?.answer === undefined || question.answer.text !== textOf(result)) {
      this.#fault(reading, result, 'was never answered by the source');
      return;
    }
    const { freshness, order } = reading;
    const { cache, ageMs } = result;
    const isExactlyNew = question.order > order;
    if (freshness.kind === 'no-cache' && !isExactlyNew)
      this.#fault(reading, result, 'is older than the request');
    if (freshness.kind === 'max-age' && !isExactlyNew && ageMs > freshness.seconds * 1_000)
      this.#fault(reading, result, 'is older than max-age');
    if (freshness.kind === 'only-if-cached' && cache.source !== 'memory')
      this.#fault(reading, result, 'is not from memory');
    if (this.#wasInvalidated(reading.key, question.order, order))
      this.#fault(reading, result, 'was invalidated before the request');
    if (cache.source !== 'origin') this.#judgeFromMemory(reading, result, question);
    if (KEYS.some((each) => this.#witness.inTheAir(each) > 1))
      this.#fault(reading, result, 'came while two singleFlight were in the air');
  }

  #judgeFromMemory(reading: Reading, result: ReadResult, question: Question): void {
    const { cache, ageMs, outcome } = result;
    const lifetimeMs = outcome === 'absent' ? LIFETIMES.negativeTtlMs : LIFETIMES.ttlMs;
    const overdueMs = ageMs - lifetimeMs;
    const isStale = cache.source === 'memory-after-failure' || (cache.source === 'memory' && cache.stale);
    if (!isStale && overdueMs >= 0) this.#fault(reading, result, 'is expired');
    if (isStale && outcome === 'absent' && overdueMs >= 0)
      this.#fault(reading, result, 'is an absence known no more');
    if (isStale && overdueMs > LIFETIMES.staleIfErrorMs)
      this.#fault(reading, result, 'is beyond its windows');
    if (isStale && !['any', 'only-if-cached'].includes(reading.freshness.kind))
      this.#fault(reading, result, 'is stale');
    if (isStale && overdueMs >= 0 && this.#wasRefused(question, reading.order))
      this.#fault(reading, result, 'is stale after a refusal');
    const newest = this.#newestFromMemory.get(reading.key.text) ?? 0;
    if (question.order < newest) this.#fault(reading, result, 'was overtaken in memory before');
    this.#newestFromMemory.set(reading.key.text, Math.max(newest, question.order));
  }

  #judgeFailure(reading: Reading, error: unknown): void {
    reading.isOver = true;
    if (!(error instanceof CacheError)) this.faults.push(`a reader got ${String(error)}`);
    if (!(error instanceof TransientError) || reading.freshness.kind !== 'any') return;
    const entry = this.#app.store.get(reading.key);
    if (this.#policy.lookup(entry, this.#app.clock.now()).outcome !== 'miss')
      this.faults.push(`a reader of ${reading.key.id} got ${error.code} though memory had an answer`);
  }

  #wasInvalidated(asked: EntryKey, since: number, until: number): boolean {
    return this.#invalidations.some(({ matches, order }) => matches(asked) && order > since && order < until);
  }

  /** Whether a read asked after the one in question was refused after that had been answered, and before `until`. */
  #wasRefused(question: Question, until: number): boolean {
    const { end = { order: Infinity } } = question;
    return this.#witness.questions.some(
      (other) =>
        other.key.text === question.key.text &&
        // A preload asks for many keys, and what it is refused is nobody's answer.
        other.method === 'read' &&
        other.order > question.order &&
        other.end?.how === 'refused' &&
        other.end.order > end.order &&
        other.end.order < until,
    );
  }

  #fault(reading: Reading, result: ReadResult, what: string): void {
    this.faults.push(
      `the answer to ${reading.key.id} ${JSON.stringify(reading.freshness)} ${what}: ${String(textOf(result))}, ${result.ageMs} ms old, ${JSON.stringify(result.cache)}`,
    );
  }
}
