import { SourceConnectionError, SourceTimeoutError } from '../../domain/cache/errors.ts';
import type { TierCounts } from '../../ports/inbound/status-reader.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { SharedEntries, SharedEntry } from '../../ports/outbound/shared-entries.ts';
import { CircuitBreaker } from '../source-access/circuit-breaker.ts';
import { freezeAwareTimer, nextTurn } from '../time/timers.ts';

/** Longest time in milliseconds for one call. A later answer is as good as none. */
const DEADLINE_MS = 50;

/** The one circuit: names of groups play no part. */
const CIRCUIT = 'tier';

export interface TierCallsParts {
  readonly entries: SharedEntries;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Makes all calls to the second tier. A failing tier is like an empty one, and soon costs no time. */
export class TierCalls {
  readonly #entries: SharedEntries;
  readonly #clock: Clock;
  readonly #breaker: CircuitBreaker;
  readonly counts: { -readonly [Name in keyof TierCounts]: number } = {
    hits: 0,
    misses: 0,
    unproved: 0,
    failures: 0,
    stored: 0,
  };
  #error: unknown;
  #calls = 0;
  /** Calls that had begun when a failure last counted. */
  #failedCalls = 0;

  constructor({ entries, clock, logger }: TierCallsParts) {
    this.#entries = entries;
    this.#clock = clock;
    this.#breaker = new CircuitBreaker((_, isOpen) => {
      if (isOpen)
        logger.warn(
          'the second tier does not answer: reads go to the source; it is tried again once a second',
          { error: this.#error },
        );
      else logger.warn('the second tier answers again');
    });
  }

  /** The values of these names; `undefined` if the tier is not asked or does not answer in time. Never rejects. */
  async getMany(names: readonly string[]): Promise<readonly (Uint8Array | undefined)[] | undefined> {
    const isOpen = this.#breaker.isOpen(CIRCUIT);
    if (!this.#breaker.admit(CIRCUIT, this.#clock.now())) return undefined;
    const answer = this.#call(async (signal) => this.#entries.getMany(names, signal));
    // The answer to a probe may take long, and no reader waits for it.
    return isOpen ? undefined : await answer;
  }

  /** Stores the values, unless the tier does not answer. No reader waits for that. */
  setMany(entries: readonly SharedEntry[]): void {
    if (entries.length === 0 || this.#breaker.isOpen(CIRCUIT)) return;
    void this.#call(async (signal) => {
      await this.#entries.setMany(entries, signal);
      this.counts.stored += entries.length;
    });
  }

  /** Never rejects. */
  #call<Answer>(ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer | undefined> {
    this.#calls += 1;
    const call = this.#calls;
    const abort = new AbortController();
    return new Promise((resolve) => {
      let isOver = false;
      const end = (error: unknown, answer?: Answer) => {
        if (isOver) return;
        isOver = true;
        cancel();
        this.#record(call, error);
        resolve(answer);
      };
      const giveUp = () => {
        const error = new SourceTimeoutError(`no answer within ${DEADLINE_MS} ms`);
        end(error);
        abort.abort(error);
      };
      // With little memory, Lambda pauses the process for longer than this. It then runs timers before it receives answers.
      const cancel = freezeAwareTimer(
        this.#clock,
        DEADLINE_MS,
        () => void nextTurn(this.#clock).then(giveUp),
      );
      ask(abort.signal).then((answer) => end(undefined, answer), end);
    });
  }

  /**
   * A tier that refuses is of no more use than one that is out of reach. Calls that fail at the same time count once: they may
   * have waited for one connection.
   */
  #record(call: number, error: unknown): void {
    const now = this.#clock.now();
    if (error === undefined) {
      this.#breaker.record(CIRCUIT, now);
      return;
    }
    this.counts.failures += 1;
    if (call <= this.#failedCalls) return;
    this.#failedCalls = this.#calls;
    this.#error = error;
    this.#breaker.record(CIRCUIT, now, new SourceConnectionError('the tier failed'));
  }
}
