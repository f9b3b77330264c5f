import { SourceUnavailableError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import { nextTurn, waitIn } from '../time/timers.ts';

/**
 * Longest wait of a call, in milliseconds, freezes excluded. A request of the first invocation may overtake the INVOKE
 * event, which Lambda sends at the same time. A read of the function's initialization must fail soon: its invocation comes
 * after the initialization, so that waiting could only use up the time limit of the latter.
 */
const OVERTAKEN_EVENT_MS = 250;

/** What has connections to the outside: a source, a journal, a second tier or a forwarder. */
export interface ConnectionHolder {
  dropConnections?(): void;
}

/**
 * Keeps all calls from the source until the first invocation under SnapStart. An answer from before the snapshot would be
 * old in every environment that is restored from it, and its lifetime would end at the same moment in all of them.
 */
export class SourceGate {
  readonly #holders: ConnectionHolder[];
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  /** Written by `open` only. */
  isOpen: boolean;

  constructor(isOpen: boolean, holders: readonly ConnectionHolder[], clock: Clock) {
    this.isOpen = isOpen;
    this.#holders = [...holders];
    this.#clock = clock;
  }

  /** Adds one that is called before the gate opens, such as a forwarder. Its connections are dropped as well. */
  add(holder: ConnectionHolder): void {
    this.#holders.push(holder);
  }

  /** Lets all calls through, in the order of their arrival. Drops connections first: the snapshot has broken them. */
  open(): void {
    if (this.isOpen) return;
    this.isOpen = true;
    const failures: unknown[] = [];
    for (const holder of this.#holders) {
      try {
        holder.dropConnections?.();
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
   * @param maxWaitMs longest wait in milliseconds, freezes excluded; at most 250 count
   * @throws {SourceUnavailableError} if the wait takes longer; the reason of `signal` if it is aborted
   */
  async pass(maxWaitMs: number, signal?: AbortSignal): Promise<void> {
    if (this.isOpen) return;
    signal?.throwIfAborted();
    // The freeze of the snapshot does not count: the gate opens a moment after the restore.
    const waitMs = Math.min(maxWaitMs, OVERTAKEN_EVENT_MS);
    try {
      await waitIn(this.#waiting, this.#clock, { maxWaitMs: waitMs, tooLong: notYet, signal });
    } catch (error) {
      if (!(error instanceof SourceUnavailableError)) throw error;
      // In a busy process, the timer may run before the event that has arrived in time.
      await nextTurn(this.#clock);
      if (!this.isOpen) throw error;
    }
  }
}

// Without a retry time: a client that retries during the initialization only prolongs it.
const notYet = () =>
  new SourceUnavailableError(
    'under SnapStart, the extension reads no values before the first invocation: read in the handler, not during the initialization or in a restore hook',
  );
