import { SourceTimeoutError, TransientError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Fence } from '../storing/fence.ts';
import type { Invocation } from '../time/elapsed-time.ts';
import { FREEZE_THRESHOLD_MS, freezeAwareTimer, nextTurn } from '../time/timers.ts';
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
  readonly fence: Pick<Fence, 'advance'>;
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
  async answer<Answer>(given: ForwardedRead<Answer>): Promise<Answer> {
    // A batch may name a table twice, by name and by ARN. Its failure counts once.
    const groups = [...new Set(given.groups)];
    const read = { ...given, groups };
    if (groups.length === 0) return read.forward();
    const { sources, clock } = this.#parts;
    const open = groups
      .map((group) => ({ group, breaker: sources.of(group).breaker }))
      .filter(({ group, breaker }) => breaker.isOpen(group));
    const replacement = open.length > 0 ? read.stale() : undefined;
    if (replacement === undefined) return this.#forward(read);
    const now = clock.now();
    // A probe runs in the background, so that no client waits for a service that is likely still down.
    if (open.every(({ group, breaker }) => breaker.isProbeDue(group, now))) {
      for (const { group, breaker } of open) breaker.admit(group, now);
      this.#forward({ ...read, stale: () => undefined }).then(read.drain, () => undefined);
    }
    return replacement;
  }

  async #forward<Answer>({
    groups,
    forward,
    stale,
    isFailure,
    drain,
  }: ForwardedRead<Answer>): Promise<Answer> {
    const { sources, fence, invocation, clock } = this.#parts;
    const timeoutMs = Math.min(...groups.map((group) => sources.of(group).limits.timeoutMs));
    // A request may overtake the INVOKE event of its invocation. The deadline is then that of the one before.
    if (invocation.budgetMs(timeoutMs, clock.now()) <= 0) await nextTurn(clock);
    const budgetMs = invocation.budgetMs(timeoutMs, clock.now());
    const dueAt = clock.monotonic() + budgetMs;
    const order = fence.advance();
    return new Promise<Answer>((resolve, reject) => {
      let isLate = false;
      let isReplaced = false;
      const replace = (): boolean => {
        const replacement = isReplaced ? undefined : stale();
        if (replacement === undefined) return isReplaced;
        isReplaced = true;
        resolve(replacement);
        return true;
      };
      const cancel = freezeAwareTimer(clock, budgetMs, () => {
        isLate = true;
        if (budgetMs >= Math.min(LEAST_TIMEOUT_MS, timeoutMs))
          this.#record(groups, order, new SourceTimeoutError('a forwarded read was not answered in time'));
        replace();
      });
      const take = async (answer: Answer) => {
        cancel();
        this.#record(groups, order);
        if (isReplaced || (isFailure(answer) && replace())) await drain(answer);
        else resolve(answer);
      };
      const fail = (error: unknown) => {
        cancel();
        // A late call has been recorded, and a freeze may break a connection.
        const isKnown = isLate || clock.monotonic() - dueAt > FREEZE_THRESHOLD_MS;
        const isTransient = error instanceof TransientError;
        if (isTransient && error.lostContact && !isKnown) this.#record(groups, order, error);
        if (!isTransient || !replace()) reject(error);
      };
      forward().then(take).catch(fail);
    });
  }

  #record(groups: readonly string[], order: number, error?: TransientError): void {
    for (const group of groups) this.#parts.sources.of(group).caller.recordContact(group, order, error);
  }
}
