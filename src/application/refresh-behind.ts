import type { EntryKey } from '../domain/cache/entry-key.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { ItemSource } from '../ports/item-source.ts';
import type { Aftermath } from './aftermath.ts';
import { chunksOf } from './chunks.ts';
import type { EntryWriter } from './entry-writer.ts';
import type { Flights } from './flights.ts';
import type { Groups } from './groups.ts';
import type { Setbacks } from './setbacks.ts';
import type { SourceCalls } from './source-calls.ts';

/** Keys that one invocation refreshes at most. */
const HOT_LIMIT = 100;

/** Reads again, behind the readers' backs, what is in use and about to expire or just expired. */
export class RefreshBehind {
  readonly #source: ItemSource;
  readonly #calls: SourceCalls;
  readonly #flights: Flights;
  readonly #writer: EntryWriter;
  readonly #aftermath: Aftermath;
  readonly #setbacks: Setbacks;
  readonly #groups: Groups;
  readonly #store: CacheStore;
  readonly #clock: Clock;
  readonly #atOnce: boolean;
  /** Keys that were used in their refresh window since the last invocation. */
  readonly #hot = new Map<string, EntryKey>();
  /** Keys that a batch is reading. */
  #batched: ReadonlySet<string> = new Set();
  #batch = new AbortController();

  /** @param atOnce whether there is no invocation that a refresh would have to wait for */
  constructor(
    source: ItemSource,
    calls: SourceCalls,
    flights: Flights,
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
    this.#flights = flights;
    this.#writer = writer;
    this.#aftermath = aftermath;
    this.#setbacks = setbacks;
    this.#groups = groups;
    this.#store = store;
    this.#clock = clock;
    this.#atOnce = atOnce;
  }

  /** Notes that the entry of `key` was used in its refresh window, for the next invocation; where none is told of, reads it again now. */
  noteUse(key: EntryKey): void {
    if (this.#atOnce) this.begin(key);
    else if (this.#hot.size < HOT_LIMIT) this.#hot.set(key.text, key);
  }

  /** Begins to read `key` again now, unless that is under way or has just failed. */
  begin(key: EntryKey): void {
    if (this.#batched.has(key.text) || this.#setbacks.of(key, this.#clock.now()) !== undefined) return;
    void this.#flights.refresh(key);
  }

  /** Reads again what was noted since the last call and is still due. A batch of the last call is given up: it slept. */
  async runBatch(): Promise<void> {
    this.#batch.abort(new Error('a newer batch takes its place'));
    this.#batch = new AbortController();
    const { signal } = this.#batch;
    const due = this.#takeDue();
    const flying = due.filter((key) => this.#flights.isReading(key));
    const resting = due.filter((key) => !flying.includes(key));
    this.#batched = new Set(resting.map((key) => key.text));
    await Promise.all([
      ...flying.map((key) => this.#flights.refresh(key)),
      ...this.#groups.all.map(({ name }) => this.#refreshGroup(name, resting, signal)),
    ]);
    if (!signal.aborted) this.#batched = new Set();
  }

  #takeDue(): readonly EntryKey[] {
    const now = this.#clock.now();
    const due = [...this.#hot.values()].filter((key) => {
      const { policy } = this.#groups.get(key.group);
      const lookup = policy.lookup(this.#store.get(key), now);
      return (
        lookup.outcome !== 'miss' &&
        policy.isDueForRefresh(lookup) &&
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
      await Promise.all(keys.map((key) => this.#flights.refresh(key)));
      return;
    }
    const call = this.#calls.make({
      group,
      signal,
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
        for (const key of keys) this.#aftermath.failed(key, error, order);
      },
    });
    await call.catch(() => undefined);
  }
}
