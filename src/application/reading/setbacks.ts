import type { EntryKey } from '../../domain/cache/entry-key.ts';
import type { TransientError } from '../../domain/cache/errors.ts';

const PAUSE_MS = 1_000;
/** Losing one only means to ask the source sooner, so the bound may be small. */
const LIMIT = 4_096;

interface Setback {
  readonly error: TransientError;
  readonly at: number;
}

/** Remembers for a second which keys could not be read, so that the source is not asked for them again at once. */
export class Setbacks {
  readonly #setbacks = new Map<string, Setback>();

  record(key: EntryKey, error: TransientError, now: number): void {
    this.#setbacks.delete(key.text);
    this.#setbacks.set(key.text, { error, at: now });
    if (this.#setbacks.size <= LIMIT) return;
    for (const oldest of this.#setbacks.keys()) {
      this.#setbacks.delete(oldest);
      return;
    }
  }

  clear(key: EntryKey): void {
    this.#setbacks.delete(key.text);
  }

  /** The failure of less than a second ago, if there was one. */
  of(key: EntryKey, now: number): TransientError | undefined {
    const setback = this.#setbacks.get(key.text);
    if (setback === undefined || now < setback.at || now - setback.at >= PAUSE_MS) return undefined;
    return setback.error;
  }
}
