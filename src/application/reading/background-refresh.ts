import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { SourceAccess, Sources } from '../source-access/sources.ts';
import { RefreshBatches, type RefreshParts } from './refresh-batches.ts';

export interface BackgroundRefreshParts extends RefreshParts {
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
