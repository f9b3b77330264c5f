import type { EntryKey } from '../domain/cache/entry-key.ts';
import { PassingFailure, SourceRefusedError } from '../domain/cache/errors.ts';
import type { CacheStore } from '../ports/cache-store.ts';
import type { Clock } from '../ports/clock.ts';
import type { EntryWriter } from './entry-writer.ts';
import type { Setbacks } from './setbacks.ts';

/** What a read that ended leaves behind for the readers after it. */
export class Aftermath {
  readonly #store: CacheStore;
  readonly #writer: EntryWriter;
  readonly #setbacks: Setbacks;
  readonly #clock: Clock;

  constructor(store: CacheStore, writer: EntryWriter, setbacks: Setbacks, clock: Clock) {
    this.#store = store;
    this.#writer = writer;
    this.#setbacks = setbacks;
    this.#clock = clock;
  }

  /** The key was read: nothing holds its readers back. */
  succeeded(key: EntryKey): void {
    this.#setbacks.clear(key);
  }

  /** The key could not be read: a passing failure pauses its reads, a refusal ends the stale windows of its entry. */
  failed(key: EntryKey, error: unknown, order: number): void {
    if (error instanceof PassingFailure) this.#setbacks.record(key, error, this.#clock.now());
    if (!(error instanceof SourceRefusedError)) return;
    const entry = this.#store.get(key);
    if (entry !== undefined) this.#writer.refuse(entry, order);
  }
}
