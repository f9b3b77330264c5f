import { SourceTimeoutError, TransientError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Invocation } from '../time/elapsed-time.ts';
import { freezeAwareTimer } from '../time/timers.ts';
import { LEAST_TIMEOUT_MS } from './source-caller.ts';
import type { Sources } from './sources.ts';

/** A read of a client that is forwarded to the service, and what may answer it instead. */
export interface ForwardedRead<Answer> {
  /** The groups whose entries it reads; none if the cache keeps nothing of it. */
  readonly groups: readonly string[];
  forward(): Promise<Answer>;
  /** The answer from expired entries; undefined if one of them is not cached, or too old. */
  stale(): Answer | Promise<Answer> | undefined;
  /** Whether an answer is a transient failure of the service. */
  isFailure(answer: Answer): boolean;
  /** Called with an answer that is not returned. Resolves when its connection can be used again; never rejects. */
  drain(answer: Answer): Promise<void>;
}

export interface ForwardedReadsParts {
  readonly sources: Sources;
  readonly invocation: Invocation;
  readonly clock: Clock;
}

/**
 * Forwards reads, and lets expired entries answer them while the service is failing or does not respond. These calls count
 * for the circuit breakers of their groups, as calls to the sources do.
 */
export class ForwardedReads {
  readonly #parts: ForwardedReadsParts;

  constructor(parts: ForwardedReadsParts) {
    this.#parts = parts;
  }

  /** Rejects as `forward` does if there is no stale answer. Without one, there is no time-out either: the client has its own. */
  async answer<Answer>(read: ForwardedRead<Answer>): Promise<Answer> {
    if (read.groups.length === 0) return read.forward();
    const replacement = this.#admits(read.groups) ? undefined : read.stale();
    return replacement ?? this.#orStaleWhenLate(read, this.#orStaleAfterFailure(read));
  }

  /** Whether the circuits are closed, or one of them is due for a probe, which this call then is. */
  #admits(groups: readonly string[]): boolean {
    const { sources, clock } = this.#parts;
    return groups.every((group) => sources.of(group).breaker.admit(group, clock.now()));
  }

  #orStaleWhenLate<Answer>(
    { groups, stale, drain }: ForwardedRead<Answer>,
    pending: Promise<Answer>,
  ): Promise<Answer> {
    const { sources, invocation, clock } = this.#parts;
    const timeoutMs = Math.min(...groups.map((group) => sources.of(group).limits.timeoutMs));
    const budgetMs = invocation.budgetMs(timeoutMs, clock.now());
    return new Promise<Answer>((resolve, reject) => {
      let take = resolve;
      const cancel = freezeAwareTimer(clock, budgetMs, () => {
        if (budgetMs >= Math.min(LEAST_TIMEOUT_MS, timeoutMs))
          this.#record(groups, new SourceTimeoutError('a forwarded read was not answered in time'));
        const replacement = stale();
        if (replacement === undefined) return;
        resolve(replacement);
        take = (answer) => void Promise.resolve(answer).then(drain);
      });
      pending.finally(cancel).then((answer) => take(answer), reject);
    });
  }

  async #orStaleAfterFailure<Answer>({
    groups,
    forward,
    stale,
    isFailure,
    drain,
  }: ForwardedRead<Answer>): Promise<Answer> {
    try {
      const answer = await forward();
      this.#record(groups);
      const replacement = isFailure(answer) ? stale() : undefined;
      if (replacement === undefined) return answer;
      await drain(answer);
      return replacement;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      if (error.lostContact) this.#record(groups, error);
      const replacement = stale();
      if (replacement === undefined) throw error;
      return replacement;
    }
  }

  #record(groups: readonly string[], error?: TransientError): void {
    const { sources, clock } = this.#parts;
    for (const group of groups) sources.of(group).breaker.record(group, clock.now(), error);
  }
}
