import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { CacheError, SourceRefusedError, TransientError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';

const BACKOFF_MS = 1_000;
/** A key beyond this limit is only read sooner, so the limit may be small. */
const MAX_KEYS = 4_096;

interface Failure {
  readonly error: unknown;
  /** Wall time. */
  readonly at: number;
}

/**
 * Records how reads ended: for one second after a failure, a key is not refreshed, and after a transient failure, readers of
 * it may be answered without asking the source again.
 */
export class FailureBackoff {
  readonly #writer: Pick<EntryWriter, 'refuse'>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #failures = new Map<string, Failure>();
  /** Groups whose last read was refused: a refusal is logged when it starts, not for each read or key. */
  readonly #refusedGroups = new Set<string>();

  constructor(writer: Pick<EntryWriter, 'refuse'>, clock: Clock, logger: Logger) {
    this.#writer = writer;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** The transient failure of the last second, if any. */
  failureOf(key: EntryKey): TransientError | undefined {
    const error = this.#recentFailureOf(key)?.error;
    return error instanceof TransientError ? error : undefined;
  }

  /** Whether a read of the key has failed within the last second, for any reason. */
  hasJustFailed(key: EntryKey): boolean {
    return this.#recentFailureOf(key) !== undefined;
  }

  /** The key was read. */
  succeeded(key: EntryKey): void {
    this.#failures.delete(key.text);
    this.#refusedGroups.delete(key.group);
  }

  /**
   * The keys could not be read: this starts their backoff, and a refusal ends the stale windows of their entries.
   *
   * @param isAwaited whether a reader waits and will report a defect
   */
  failed(keys: readonly EntryKey[], error: unknown, order: number, isAwaited: boolean): void {
    for (const key of keys) {
      const before = this.#failures.get(key.text)?.error;
      this.#record(key, error);
      if (!(error instanceof SourceRefusedError)) continue;
      this.#writer.refuse(key, order);
      // Other keys of the group may be read between two refusals of this one.
      if (!(before instanceof SourceRefusedError)) this.#logRefusal(key, error);
    }
    if (!isAwaited && !(error instanceof CacheError)) this.reportDefect(error);
  }

  /** Logs a defect of a read that no reader waits for. */
  reportDefect(error: unknown): void {
    this.#logger.error('a background refresh failed with a defect', { error });
  }

  /** The same for a batch, whose refusal may concern only one of its keys: it is no failure of the others. */
  batchFailed(keys: readonly EntryKey[], error: unknown, order: number, isAwaited: boolean): void {
    if (!(error instanceof SourceRefusedError)) this.failed(keys, error, order, isAwaited);
  }

  #recentFailureOf(key: EntryKey): Failure | undefined {
    const failure = this.#failures.get(key.text);
    if (failure === undefined) return undefined;
    const now = this.#clock.now();
    return now < failure.at || now - failure.at >= BACKOFF_MS ? undefined : failure;
  }

  #record(key: EntryKey, error: unknown): void {
    this.#failures.delete(key.text);
    this.#failures.set(key.text, { error, at: this.#clock.now() });
    if (this.#failures.size <= MAX_KEYS) return;
    for (const oldest of this.#failures.keys()) {
      this.#failures.delete(oldest);
      return;
    }
  }

  #logRefusal(key: EntryKey, error: SourceRefusedError): void {
    if (this.#refusedGroups.has(key.group)) return;
    this.#refusedGroups.add(key.group);
    this.#logger.warn('the source refuses a read', { group: key.group, reason: error.message });
  }
}
