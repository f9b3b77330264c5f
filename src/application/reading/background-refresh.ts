import type { EntryKey } from '../../domain/cache/entry-key.ts';
import { SourceRefusedError } from '../../domain/cache/errors.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { ItemSource } from '../../ports/outbound/item-source.ts';
import type { Groups } from '../groups.ts';
import type { SourceCaller } from '../source-access/source-caller.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import { FREEZE_THRESHOLD_MS } from '../time/freeze-aware-timer.ts';
import { chunksOf } from '../time/slices.ts';
import type { Aftermath, Setbacks } from './failure-backoff.ts';
import type { SingleFlight } from './single-flight.ts';

/** Keys that one invocation refreshes at most. */
const HOT_LIMIT = 100;

/** Reads again, behind the readers' backs, what is in use and about to expire or just expired. */
export class BackgroundRefresh {
  readonly #source: ItemSource;
  readonly #calls: SourceCaller;
  readonly #singleFlight: SingleFlight;
  readonly #writer: EntryWriter;
  readonly #aftermath: Aftermath;
  readonly #setbacks: Setbacks;
  readonly #groups: Groups;
  readonly #store: CacheStore;
  readonly #clock: Clock;
  readonly #atOnce: boolean;
  /** Keys that were used in their refresh window since the last invocation. */
  readonly #hot = new Map<string, EntryKey>();
  /** Keys whose refresh begins when the code that is running now has ended. */
  readonly #begun = new Map<string, EntryKey>();
  /** The batch that is being read. */
  #batch: Batch | undefined;

  /** @param atOnce whether there is no invocation that a refresh would have to wait for */
  constructor(
    source: ItemSource,
    calls: SourceCaller,
    flights: SingleFlight,
    writer: EntryWriter,
    aftermath: Aftermath,
    setbacks: Setbacks,
    groups: Groups,
    store: CacheStore,
    clock: Clock,
    atOnce: boolean,
  ) {
    this.#source = source;
    this.#calls = calls;
    this.#singleFlight = flights;
    this.#writer = writer;
    this.#aftermath = aftermath;
    this.#setbacks = setbacks;
    this.#groups = groups;
    this.#store = store;
    this.#clock = clock;
    this.#atOnce = atOnce;
  }

  /** Notes that the entry of `key` was used in its refresh window, for the next invocation; where none is told of, reads it again now. */
  markHot(key: EntryKey): void {
    if (this.#atOnce) this.refreshNow(key);
    else this.markStaleServed(key);
  }

  /** Notes that an expired entry had to be answered, because the source could not be asked; the next invocation tries again. */
  markStaleServed(key: EntryKey): void {
    if (!this.#atOnce && this.#hot.size < HOT_LIMIT) this.#hot.set(key.text, key);
  }

  /** Begins to read `key` again now, unless that is under way or has just failed. Keys that are begun together are read together. */
  refreshNow(key: EntryKey): void {
    if (this.#batch?.keys.has(key.text) === true || this.#setbacks.of(key, this.#clock.now()) !== undefined)
      return;
    if (this.#begun.size === 0) void Promise.resolve().then(() => this.#refreshBegun());
    this.#begun.set(key.text, key);
  }

  #refreshBegun(): void {
    const keys = [...this.#begun.values()];
    this.#begun.clear();
    for (const { name } of this.#groups.all) {
      this.#singleFlight.refreshMany(keys.filter(({ group }) => group === name));
    }
  }

  /**
   * Reads again what was noted since the last call and is still due. While a batch is on its way, nothing is added to it;
   * one that is likely to have slept is given up.
   */
  async runBatch(): Promise<void> {
    const now = this.#clock.now();
    if (
      this.#batch !== undefined &&
      now >= this.#batch.begunAt &&
      now - this.#batch.begunAt <= FREEZE_THRESHOLD_MS
    ) {
      return this.#batch.ended;
    }
    this.#batch?.stop.abort(new Error('a newer batch takes its place'));
    const due = this.#takeDue();
    const flying = due.filter((key) => this.#singleFlight.isReading(key));
    const resting = due.filter((key) => !flying.includes(key));
    const stop = new AbortController();
    const ended = Promise.all([
      ...flying.map((key) => this.#singleFlight.refresh(key)),
      ...this.#groups.all.map(({ name }) => this.#refreshGroup(name, resting, stop.signal)),
    ]).then(() => {
      if (this.#batch === batch) this.#batch = undefined;
    });
    const batch: Batch = { keys: new Set(resting.map((key) => key.text)), begunAt: now, stop, ended };
    this.#batch = batch;
    return ended;
  }

  #takeDue(): readonly EntryKey[] {
    const now = this.#clock.now();
    const due = [...this.#hot.values()].filter((key) => {
      const { policy } = this.#groups.get(key.group);
      const lookup = policy.lookup(this.#store.get(key), now);
      return (
        lookup.outcome !== 'miss' &&
        (lookup.outcome === 'stale' || policy.isDueForRefresh(lookup)) &&
        this.#setbacks.of(key, now) === undefined
      );
    });
    this.#hot.clear();
    return due;
  }

  async #refreshGroup(group: string, due: readonly EntryKey[], signal: AbortSignal): Promise<void> {
    const keys = due.filter((key) => key.group === group);
    const { batchLimit = 1 } = this.#source;
    await Promise.all(chunksOf(keys, batchLimit).map((chunk) => this.#refreshChunk(group, chunk, signal)));
  }

  async #refreshChunk(group: string, keys: readonly EntryKey[], signal: AbortSignal): Promise<void> {
    const { readMany } = this.#source;
    if (readMany === undefined) {
      await Promise.all(keys.map((key) => this.#singleFlight.refresh(key)));
      return;
    }
    const call = this.#calls.call({
      group,
      // A signal of its own: the runtime warns of many listeners on one.
      signal: AbortSignal.any([signal]),
      ask: (callSignal) =>
        readMany.call(this.#source, keys, {
          contentTypes: this.#groups.contentTypesOf(group),
          signal: callSignal,
        }),
      land: ({ answers }, order) => {
        for (const answer of answers) {
          this.#aftermath.succeeded(answer.key);
          this.#writer.write(answer, order);
        }
      },
      fail: (error, order) => {
        // That batches are refused says nothing of the keys.
        if (!(error instanceof SourceRefusedError)) this.#aftermath.failed(keys, error, order, false);
      },
    });
    await call.catch(async (error: unknown) => {
      if (error instanceof SourceRefusedError)
        await Promise.all(keys.map((key) => this.#singleFlight.refresh(key)));
    });
  }
}

interface Batch {
  readonly keys: ReadonlySet<string>;
  /** Wall time. */
  readonly begunAt: number;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}
