import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Groups } from '../groups.ts';
import type { SourceAccess, Sources } from '../source-access/sources.ts';
import type { FailureBackoff } from './failure-backoff.ts';
import type { SingleFlight } from './single-flight.ts';

/** Keys of one source that one invocation refreshes at most. */
const HOT_LIMIT = 100;

export interface BackgroundRefreshParts {
  readonly sources: Sources;
  readonly singleFlight: SingleFlight;
  readonly backoff: FailureBackoff;
  readonly groups: Groups;
  readonly store: CacheStore;
  readonly clock: Clock;
  /** Whether there is no invocation that a refresh would have to wait for. */
  readonly refreshesAtOnce: boolean;
}

/** Reads entries in use again, outside a request, shortly before they expire or after they have expired. */
export class BackgroundRefresh {
  readonly #parts: BackgroundRefreshParts;
  /** Keys that were used in their refresh window since the last invocation, by their source. */
  readonly #hot = new Map<SourceAccess, Map<string, EntryKey>>();
  /** Keys whose refresh starts when the code that runs now has ended. */
  readonly #starting = new Map<string, EntryKey>();
  /** Resolves when all batches so far have ended. */
  #batches: Promise<void> = Promise.resolve();

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
    if (this.#parts.refreshesAtOnce) return;
    const access = this.#parts.sources.of(key.group);
    const hot = this.#hot.get(access) ?? new Map<string, EntryKey>();
    this.#hot.set(access, hot);
    if (hot.size < HOT_LIMIT) hot.set(key.text, key);
  }

  /** Reads `key` again now, unless that is already running or has just failed. Keys of one turn are read together. */
  refreshNow(key: EntryKey): void {
    const { singleFlight, backoff } = this.#parts;
    if (singleFlight.isReading(key) || backoff.hasJustFailed(key)) return;
    if (this.#starting.size === 0) void Promise.resolve().then(() => this.#refreshStarting());
    this.#starting.set(key.text, key);
  }

  /** Reads again what was marked since the last call and is still due. Resolves when this and all earlier batches have ended. */
  runBatch(): Promise<void> {
    const marked = [...this.#hot.values()].flatMap((keys) => [...keys.values()]);
    this.#hot.clear();
    const ended = this.#refresh(marked.filter((key) => this.#isDue(key)));
    this.#batches = Promise.all([this.#batches, ended]).then(() => undefined);
    return this.#batches;
  }

  #isDue(key: EntryKey): boolean {
    const { groups, store, backoff, clock } = this.#parts;
    const { policy } = groups.get(key.group);
    const lookup = policy.lookup(store.get(key), clock.now());
    return (
      lookup.outcome !== 'miss' &&
      (lookup.outcome === 'stale' || policy.isDueForRefresh(lookup)) &&
      !backoff.hasJustFailed(key)
    );
  }

  #refreshStarting(): void {
    const keys = [...this.#starting.values()];
    this.#starting.clear();
    void this.#refresh(keys);
  }

  async #refresh(keys: readonly EntryKey[]): Promise<void> {
    const byGroup = new Map<string, EntryKey[]>();
    for (const key of keys) byGroup.set(key.group, [...(byGroup.get(key.group) ?? []), key]);
    await Promise.all([...byGroup.values()].map((each) => this.#parts.singleFlight.refreshMany(each)));
  }
}
