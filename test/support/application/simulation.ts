import fc from 'fast-check';
import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { CacheError, SourceRefusedError, TransientError } from '../../../src/domain/cache/errors.ts';
import { TtlPolicy } from '../../../src/domain/cache/ttl-policy.ts';
import type { Freshness, ReadResult } from '../../../src/ports/inbound/item-reader.ts';
import type {
  BatchAnswer,
  GroupCursor,
  GroupPage,
  ItemSource,
  ReadOptions,
  SourceAnswer,
} from '../../../src/ports/outbound/item-source.ts';
import type { FakeItemSource } from '../fakes/fake-item-source.ts';
import type { Gate } from '../fakes/gate.ts';
import { Chronology, type Ending, type ModelRead, ReadHistory } from '../model/read-history.ts';
import {
  ANY,
  createApplication,
  groupOf,
  keysOf,
  maxAge,
  NO_CACHE,
  ONLY_IF_CACHED,
  refused,
  textOf,
  throttled,
  unavailable,
  unreachable,
} from './create-application.ts';

/** All keys of a simulation. */
const KEYS = keysOf(2);
/** The failures of the source. */
const FAILURES = { unavailable, unreachable, throttled, refused };

/** One event of a simulation. */
type Step =
  | { readonly do: 'read'; readonly key: EntryKey; readonly freshness: Freshness }
  | { readonly do: 'invalidate' | 'change' | 'remove' | 'skip'; readonly key: EntryKey }
  | { readonly do: 'pass' | 'sleep'; readonly ms: number }
  | { readonly do: 'fail'; readonly with: keyof typeof FAILURES }
  | { readonly do: 'open'; readonly gate: number }
  | { readonly do: 'heal' | 'hold' | 'settle' | 'invoke' | 'preload' | 'invalidateGroup' };

const OCCASIONS = [
  'heal',
  'hold',
  'hold',
  'settle',
  'settle',
  'settle',
  'invoke',
  'preload',
  'invalidateGroup',
] as const;
const key = fc.constantFrom(...KEYS);
/** A random event. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('read'),
      key,
      freshness: fc.constantFrom(ANY, ANY, ANY, NO_CACHE, maxAge(0), maxAge(1), ONLY_IF_CACHED),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('change', 'change', 'remove', 'invalidate', 'skip'), key }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass'),
      ms: fc.constantFrom(1, 60, 300, 950, 1_100, 2_100, 6_000),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('sleep'), ms: fc.constantFrom(300, 1_100, 10_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fail'),
      with: fc.constantFrom('unavailable', 'unreachable', 'throttled', 'refused'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('open'), gate: fc.nat({ max: 5 }) }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constantFrom(...OCCASIONS),
    }),
  },
);

/** A read of one key that the source received. */
interface ObservedRead extends ModelRead {
  /** The answer, whose text is undefined if the item does not exist. Absent until the source answers. */
  answer?: { readonly text: string | undefined };
}

/** The number of distinct calls. A wall time can hold so many fractions of a millisecond. */
const CALLS = 4_096;

/**
 * Records the reads of a source by key. The time of each answer has a different fraction of a millisecond. The age of an
 * answer therefore identifies its call.
 */
class ObservedSource implements ItemSource {
  readonly batchLimit: number;
  readonly chronology = new Chronology();
  readonly #source: FakeItemSource;
  readonly #histories = new Map<string, ReadHistory<ObservedRead>>();
  #calls = 0;

  constructor(source: FakeItemSource) {
    this.#source = source;
    this.batchLimit = source.batchLimit;
  }

  historyOf({ text }: EntryKey): ReadHistory<ObservedRead> {
    const history = this.#histories.get(text) ?? new ReadHistory<ObservedRead>(Number.POSITIVE_INFINITY);
    this.#histories.set(text, history);
    return history;
  }

  /** The read whose answer has this age. */
  readBehind(key: EntryKey, ageMs: number): ObservedRead | undefined {
    const call = (ageMs % 1) * CALLS;
    return this.historyOf(key).reads.find(({ id }) => id === call);
  }

  read(key: EntryKey, want: ReadOptions): Promise<SourceAnswer> {
    return this.#observe([key], true, want, async (sign) => sign(await this.#source.read(key, want)));
  }

  readMany(keys: readonly EntryKey[], want: ReadOptions): Promise<BatchAnswer> {
    return this.#observe(keys, false, want, async (sign) => {
      const { answers, unprocessed } = await this.#source.readMany(keys, want);
      return { answers: answers.map(sign), unprocessed };
    });
  }

  readGroup(group: string, cursor: GroupCursor, want: ReadOptions): Promise<GroupPage> {
    return this.#observe([], false, want, async (sign) => {
      const { answers, ...page } = await this.#source.readGroup(group, cursor, want);
      return { ...page, answers: Array.from(answers, sign) };
    });
  }

  async #observe<T>(
    keys: readonly EntryKey[],
    isSingle: boolean,
    want: ReadOptions,
    ask: (sign: (answer: SourceAnswer) => SourceAnswer) => Promise<T>,
  ): Promise<T> {
    this.#calls += 1;
    if (this.#calls >= CALLS) throw new RangeError('more calls than can be told apart');
    const id = this.#calls;
    const asked = { order: this.chronology.next() };
    const reads = new Map(keys.map((key): [string, ObservedRead] => [key.text, { id, isSingle, asked }]));
    for (const key of keys) this.historyOf(key).ask(reads.get(key.text) ?? { id, isSingle, asked });
    const end = (how: Ending) => {
      const ended = { order: this.chronology.next(), how };
      for (const read of reads.values()) read.end ??= ended;
    };
    const sign = (answer: SourceAnswer): SourceAnswer => {
      const [body] = answer.bodies;
      const text = body && new TextDecoder().decode(body.bytes);
      const read = reads.get(answer.key.text);
      if (read !== undefined) read.answer = { text };
      else this.historyOf(answer.key).ask({ id, isSingle, asked, answer: { text } });
      return { ...answer, askedAt: answer.askedAt - id / CALLS };
    };
    want.signal.addEventListener('abort', () => end('given up'));
    try {
      const result = await ask(sign);
      end('answered');
      return result;
    } catch (error) {
      end(error instanceof SourceRefusedError ? 'refused' : 'failed');
      throw error;
    }
  }
}

const LIFETIMES = { ttlMs: 1_000, negativeTtlMs: 500, staleWhileRevalidateMs: 400, staleIfErrorMs: 5_000 };
const [FIRST] = KEYS as [EntryKey];

/** A read of a client. */
interface Reading {
  readonly key: EntryKey;
  readonly freshness: Freshness;
  readonly order: number;
  isOver: boolean;
}

/** Runs the use cases in simulated time. Applies random events and checks every answer when it arrives. */
export class Simulation {
  readonly #app;
  readonly #source: ObservedSource;
  readonly #policy = new TtlPolicy(LIFETIMES);
  readonly #readings: Reading[] = [];
  #gates: Gate[] = [];
  #versions = 0;
  /** The violations found. */
  readonly faults: string[] = [];

  constructor() {
    let observed: ObservedSource | undefined;
    this.#app = createApplication({
      groups: [groupOf('Products', LIFETIMES, { keys: [FIRST], everything: true })],
      fraction: 0.5,
      throughSource: (source) => {
        observed = new ObservedSource(source);
        return observed;
      },
    });
    if (observed === undefined) throw new Error('the source was not made');
    this.#source = observed;
    for (const each of KEYS) this.#app.source.put(each, 'v0');
  }

  /** Applies an event. Only an event that advances the time returns a promise. No other code runs during the other events. */
  take(each: Step): Promise<void> | void {
    const { source, clock, invalidator } = this.#app;
    switch (each.do) {
      case 'read':
        return this.#read(each.key, each.freshness);
      case 'invalidate':
        invalidator.invalidate(each.key);
        this.#source.historyOf(each.key).invalidations.add(this.#now());
        return;
      case 'invalidateGroup':
        invalidator.invalidateGroup('Products');
        for (const key of KEYS) this.#source.historyOf(key).invalidations.add(this.#now());
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
        // A failure that has not reached its reader yet was raised before the preload stored its answers.
        return clock.advance(0).then(() => {
          void this.#app.preload.run();
        });
    }
  }

  /** Ends all running work. */
  async end(): Promise<void> {
    const queued = (each: EntryKey) =>
      this.#source.historyOf(each).reads.filter(({ isSingle }) => isSingle).length;
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
    const reading: Reading = { key: asked, freshness, order: this.#now(), isOver: false };
    this.#readings.push(reading);
    void this.#app.read(asked, freshness).then(
      (result) => this.#judge(reading, result),
      (error: unknown) => this.#judgeFailure(reading, error),
    );
  }

  #judge(reading: Reading, result: ReadResult): void {
    reading.isOver = true;
    const read = this.#source.readBehind(reading.key, result.ageMs);
    if (read?.answer === undefined || read.answer.text !== textOf(result)) {
      this.#fault(reading, result, 'was never answered by the source');
      return;
    }
    const { freshness, order } = reading;
    const { cache, ageMs } = result;
    const isExactlyNew = read.asked.order > order;
    if (freshness.kind === 'no-cache' && !isExactlyNew)
      this.#fault(reading, result, 'is older than the request');
    if (freshness.kind === 'max-age' && !isExactlyNew && ageMs > freshness.seconds * 1_000)
      this.#fault(reading, result, 'is older than max-age');
    if (freshness.kind === 'only-if-cached' && cache.source !== 'memory')
      this.#fault(reading, result, 'is not from memory');
    const history = this.#source.historyOf(reading.key);
    if (history.invalidations.anyWithin(read.asked.order, order))
      this.#fault(reading, result, 'was invalidated before the request');
    if (cache.source !== 'origin') this.#judgeFromMemory(reading, result, read);
    if (KEYS.some((each) => this.#source.historyOf(each).underWay > 1))
      this.#fault(reading, result, 'came while two flights were in the air');
  }

  #judgeFromMemory(reading: Reading, result: ReadResult, read: ObservedRead): void {
    const { cache, ageMs, outcome } = result;
    const history = this.#source.historyOf(reading.key);
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
    if (isStale && overdueMs >= 0 && history.wasRefusedAfter(read, reading.order))
      this.#fault(reading, result, 'is stale after a refusal');
    if (history.wasOvertaken(read, this.#now(), true))
      this.#fault(reading, result, 'was overtaken in memory before');
    history.holds(read.id, this.#now());
  }

  #judgeFailure(reading: Reading, error: unknown): void {
    reading.isOver = true;
    if (!(error instanceof CacheError)) this.faults.push(`a reader got ${String(error)}`);
    if (!(error instanceof TransientError) || reading.freshness.kind !== 'any') return;
    const entry = this.#app.store.get(reading.key);
    if (this.#policy.lookup(entry, this.#app.clock.now()).outcome !== 'miss')
      this.faults.push(`a reader of ${reading.key.id} got ${error.code} though memory had an answer`);
  }

  #now(): number {
    return this.#source.chronology.next();
  }

  #fault(reading: Reading, result: ReadResult, what: string): void {
    this.faults.push(
      `the answer to ${reading.key.id} ${JSON.stringify(reading.freshness)} ${what}: ${String(textOf(result))}, ${result.ageMs} ms old, ${JSON.stringify(result.cache)}`,
    );
  }
}
