import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceRefusedError } from '../../domain/cache/errors.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Groups } from '../groups.ts';
import type { SourceAccess, Sources } from '../source-access/sources.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import { FREEZE_THRESHOLD_MS } from '../time/timers.ts';
import type { FailureBackoff } from './failure-backoff.ts';
import type { SingleFlight } from './single-flight.ts';

export interface BackgroundRefreshParts {
  readonly singleFlight: SingleFlight;
  readonly writer: EntryWriter;
  readonly backoff: FailureBackoff;
  readonly groups: Groups;
  readonly store: CacheStore;
  readonly clock: Clock;
  readonly sources: Sources;
  /** Whether there is no invocation that a refresh would have to wait for. */
  readonly refreshesAtOnce: boolean;
}

/** Reads entries in use again, outside a request, shortly before they expire or after they have expired. */
export class BackgroundRefresh {
  readonly #parts: BackgroundRefreshParts;
  readonly #batches = new Map<SourceAccess, RefreshBatches>();
  /** Keys whose refresh starts when the code that runs now has ended. */
  readonly #starting = new Map<string, EntryKey>();

  constructor(parts: BackgroundRefreshParts) {
    this.#parts = parts;
  }

  /** Marks an entry used in its refresh window: the next invocation reads it again. Without INVOKE events, reads it now. */
  markHot(key: EntryKey): void {
    if (this.#parts.refreshesAtOnce) this.refreshNow(key);
    else this.markStaleServed(key);
  }

  /** Marks an expired entry that was served because the source could not be asked: the next invocation reads it again. */
  markStaleServed(key: EntryKey): void {
    if (!this.#parts.refreshesAtOnce) this.#batchesOf(key).mark(key);
  }

  /** Reads `key` again now, unless that is already running or has just failed. Keys of one turn are read together. */
  refreshNow(key: EntryKey): void {
    if (this.#batchesOf(key).isReading(key) || this.#parts.backoff.failureOf(key) !== undefined) return;
    if (this.#starting.size === 0) void Promise.resolve().then(() => this.#refreshStarting());
    this.#starting.set(key.text, key);
  }

  /** Reads again what was marked since the last call and is still due, source by source. */
  async runBatch(): Promise<void> {
    await Promise.all([...this.#batches.values()].map((batches) => batches.run()));
  }

  #batchesOf({ group }: EntryKey): RefreshBatches {
    const access = this.#parts.sources.of(group);
    const known = this.#batches.get(access);
    if (known !== undefined) return known;
    const batches = new RefreshBatches(access, this.#parts);
    this.#batches.set(access, batches);
    return batches;
  }

  #refreshStarting(): void {
    const byGroup = new Map<string, EntryKey[]>();
    for (const key of this.#starting.values())
      byGroup.set(key.group, [...(byGroup.get(key.group) ?? []), key]);
    this.#starting.clear();
    for (const keys of byGroup.values()) this.#parts.singleFlight.refreshMany(keys);
  }
}

/** Keys of one source that one invocation refreshes at most. */
const HOT_LIMIT = 100;

/** The hot keys of one source, and the batch that reads them again. */
class RefreshBatches {
  readonly #access: SourceAccess;
  readonly #parts: BackgroundRefreshParts;
  /** Keys that were used in their refresh window since the last invocation. */
  readonly #hot = new Map<string, EntryKey>();
  #running: Batch | undefined;

  constructor(access: SourceAccess, parts: BackgroundRefreshParts) {
    this.#access = access;
    this.#parts = parts;
  }

  /** Has the next batch read `key` again, if there is room. */
  mark(key: EntryKey): void {
    if (this.#hot.size < HOT_LIMIT) this.#hot.set(key.text, key);
  }

  /** Whether the running batch reads `key`. */
  isReading(key: EntryKey): boolean {
    return this.#running?.keys.has(key.text) === true;
  }

  /**
   * Reads the marked keys that are still due. While a batch is running, no other starts; a batch that is likely to have
   * been frozen is given up.
   */
  async run(): Promise<void> {
    const now = this.#parts.clock.now();
    const running = this.#running;
    if (running !== undefined && now >= running.startedAt && now - running.startedAt <= FREEZE_THRESHOLD_MS)
      return running.ended;
    running?.stop.abort(new Error('a newer batch takes its place'));
    const { singleFlight } = this.#parts;
    const due = this.#takeDue(now);
    const reading = due.filter((key) => singleFlight.isReading(key));
    const idle = due.filter((key) => !reading.includes(key));
    const stop = new AbortController();
    const ended = Promise.all([
      ...reading.map((key) => singleFlight.refresh(key)),
      ...this.#chunks(idle).map((chunk) => this.#refreshChunk(chunk, stop.signal)),
    ]).then(() => {
      if (this.#running === batch) this.#running = undefined;
    });
    const batch: Batch = { keys: new Set(idle.map((key) => key.text)), startedAt: now, stop, ended };
    this.#running = batch;
    return ended;
  }

  #takeDue(now: number): readonly EntryKey[] {
    const { groups, store, backoff } = this.#parts;
    const due = [...this.#hot.values()].filter((key) => {
      const { policy } = groups.get(key.group);
      const lookup = policy.lookup(store.get(key), now);
      return (
        lookup.outcome !== 'miss' &&
        (lookup.outcome === 'stale' || policy.isDueForRefresh(lookup)) &&
        backoff.failureOf(key) === undefined
      );
    });
    this.#hot.clear();
    return due;
  }

  /** A batch holds keys of one group. */
  #chunks(keys: readonly EntryKey[]): readonly (readonly EntryKey[])[] {
    const groups = [...new Set(keys.map(({ group }) => group))];
    return groups.flatMap((name) => this.#access.batchesOf(keys.filter(({ group }) => group === name)));
  }

  async #refreshChunk(keys: readonly EntryKey[], signal: AbortSignal): Promise<void> {
    const [first] = keys;
    if (first === undefined) return;
    if (this.#access.source.readMany === undefined) return this.#refreshSingly(keys);
    const { backoff, groups, writer } = this.#parts;
    const { group } = first;
    let omitted: readonly EntryKey[] = [];
    const call = this.#access.caller.call({
      group,
      // A signal of its own: Node.js warns of many listeners on one signal.
      signal: AbortSignal.any([signal]),
      ask: (callSignal) =>
        this.#access.readKeys(keys, { contentTypes: groups.contentTypesOf(group), signal: callSignal }),
      onAnswer: ({ answers, unprocessed, refused = [] }, order) => {
        for (const answer of answers) {
          backoff.succeeded(answer.key);
          writer.write(answer, order);
        }
        for (const { key, error } of refused) backoff.failed([key], error, order, false);
        const known = [...[...answers, ...refused].map(({ key }) => key), ...unprocessed];
        const texts = new Set(known.map(({ text }) => text));
        omitted = keys.filter(({ text }) => !texts.has(text));
      },
      onFailure: (error, order) => backoff.batchFailed(keys, error, order, false),
    });
    await call.catch((error: unknown) => {
      if (error instanceof SourceRefusedError) omitted = keys;
    });
    // A refusal of a read by itself ends the stale windows of its entry.
    await this.#refreshSingly(omitted);
  }

  async #refreshSingly(keys: readonly EntryKey[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#parts.singleFlight.refresh(key)));
  }
}

interface Batch {
  readonly keys: ReadonlySet<string>;
  /** Wall time. */
  readonly startedAt: number;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}
