import { SourceUnavailableError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { ItemSource } from '../../ports/outbound/item-source.ts';
import { waitIn } from '../time/freeze-aware-timer.ts';

const RETRY_AFTER_MS = 1_000;

/**
 * Delays all calls to the source until the first invocation under SnapStart. An answer from before the snapshot would be
 * old in every environment that is restored from it, and its lifetime would end at the same moment in all of them.
 */
export class SourceGate {
  readonly #sources: readonly Pick<ItemSource, 'dropConnections'>[];
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  /** Written by `open` only. */
  isOpen: boolean;

  constructor(isOpen: boolean, sources: readonly Pick<ItemSource, 'dropConnections'>[], clock: Clock) {
    this.isOpen = isOpen;
    this.#sources = sources;
    this.#clock = clock;
  }

  /** Lets all calls through, in the order of their arrival. Drops connections first: the snapshot has broken them. */
  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    const failures: unknown[] = [];
    for (const source of this.#sources) {
      try {
        source.dropConnections?.();
      } catch (error) {
        failures.push(error);
      }
    }
    for (const letThrough of this.#waiting) letThrough();
    if (failures.length > 0) throw failures[0];
  }

  /**
   * Resolves when the gate is open.
   *
   * @param maxWaitMs longest wait in milliseconds, freezes excluded
   * @throws {SourceUnavailableError} if the wait takes too long; the reason of `signal` if it is aborted
   */
  async pass(maxWaitMs: number, signal?: AbortSignal): Promise<void> {
    if (this.isOpen) return;
    signal?.throwIfAborted();
    // The freeze of the snapshot does not count: the gate opens a moment after the restore.
    await waitIn(this.#waiting, this.#clock, { maxWaitMs, tooLong: notYet, signal });
  }
}

const notYet = () =>
  new SourceUnavailableError(
    'under SnapStart the source is asked from the first invocation on, and no invocation has begun yet: retry after a second',
    { retryAfterMs: RETRY_AFTER_MS },
  );
