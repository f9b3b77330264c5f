import { SourceUnavailableError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { ItemSource } from '../../ports/outbound/item-source.ts';
import { freezeAwareTimer } from '../time/freeze-aware-timer.ts';

const RETRY_AFTER_MS = 1_000;

/**
 * Keeps all calls from the source until it may be asked. A process of which copies are made has the gate shut until
 * the copy is in use: what is asked before that would grow old in the copies, and be the same in all of them.
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

  /** Lets everybody through, now and later, those first who wait longest; none of them over a connection of before. */
  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    try {
      for (const source of this.#sources) source.dropConnections?.();
    } finally {
      for (const letThrough of this.#waiting) letThrough();
    }
  }

  /**
   * Resolves when the gate is open.
   *
   * @param maxWaitMs how long a call may wait for that
   * @throws {SourceUnavailableError} if that took too long; the reason of `signal` if it is aborted
   */
  async pass(maxWaitMs: number, signal?: AbortSignal): Promise<void> {
    if (this.isOpen) return;
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const settle = () => {
        cancel();
        signal?.removeEventListener('abort', giveUp);
        this.#waiting.delete(letThrough);
      };
      const letThrough = () => {
        settle();
        resolve();
      };
      const giveUp = () => {
        settle();
        reject(signal?.reason);
      };
      // The freeze in which the copy is made is no waiting: who slept through it is let through a moment later.
      const cancel = freezeAwareTimer(this.#clock, maxWaitMs, () => {
        settle();
        reject(notYet());
      });
      signal?.addEventListener('abort', giveUp);
      this.#waiting.add(letThrough);
    });
  }
}

const notYet = () =>
  new SourceUnavailableError('the source is asked from the first invocation on, and none has begun yet', {
    retryAfterMs: RETRY_AFTER_MS,
  });
