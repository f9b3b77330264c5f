import type { EntryKey } from '../../domain/cache/entry-key.ts';
import { CacheError, SourceRefusedError, TransientError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';

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

/** What a read that ended leaves behind: for the readers after it, and for those who operate the function. */
export class Aftermath {
  readonly #writer: EntryWriter;
  readonly #setbacks: Setbacks;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** Groups of which the last read was refused: a state is reported when it begins, not with each read. */
  readonly #refused = new Set<string>();

  constructor(writer: EntryWriter, setbacks: Setbacks, clock: Clock, logger: Logger) {
    this.#writer = writer;
    this.#setbacks = setbacks;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The key was read: nothing holds its readers back. */
  succeeded(key: EntryKey): void {
    this.#setbacks.clear(key);
    this.#refused.delete(key.group);
  }

  /**
   * The keys could not be read: a passing failure pauses their reads, a refusal ends the stale windows of their entries.
   *
   * @param isAwaited whether somebody waits who will report a defect
   */
  failed(keys: readonly EntryKey[], error: unknown, order: number, isAwaited: boolean): void {
    for (const key of keys) {
      if (error instanceof TransientError) this.#setbacks.record(key, error, this.#clock.now());
      if (error instanceof SourceRefusedError) this.#refuse(key, error, order);
    }
    if (!isAwaited && !(error instanceof CacheError)) this.#logger.error('a refresh met a defect', { error });
  }

  #refuse(key: EntryKey, error: SourceRefusedError, order: number): void {
    this.#writer.refuse(key, order);
    if (this.#refused.has(key.group)) return;
    this.#refused.add(key.group);
    this.#logger.warn('the source refuses a read', { group: key.group, reason: error.message });
  }
}
