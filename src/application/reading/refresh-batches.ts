import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceRefusedError } from '../../domain/cache/errors.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Groups } from '../groups.ts';
import type { SourceAccess } from '../source-access/sources.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import { FREEZE_THRESHOLD_MS } from '../time/freeze-aware-timer.ts';
import { chunksOf } from '../time/slices.ts';
import type { FailureBackoff } from './failure-backoff.ts';
import type { SingleFlight } from './single-flight.ts';

/** Keys of one source that one invocation refreshes at most. */
const HOT_LIMIT = 100;

export interface RefreshParts {
  readonly singleFlight: SingleFlight;
  readonly writer: EntryWriter;
  readonly backoff: FailureBackoff;
  readonly groups: Groups;
  readonly store: CacheStore;
  readonly clock: Clock;
}

/** The hot keys of one source, and the batch that reads them again. */
export class RefreshBatches {
  readonly #access: SourceAccess;
  readonly #parts: RefreshParts;
  /** Keys that were used in their refresh window since the last invocation. */
  readonly #hot = new Map<string, EntryKey>();
  #running: Batch | undefined;

  constructor(access: SourceAccess, parts: RefreshParts) {
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
    return groups.flatMap((name) =>
      chunksOf(
        keys.filter(({ group }) => group === name),
        this.#access.batchLimit,
      ),
    );
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
