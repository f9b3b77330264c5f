import {
  DeadlineExceededError,
  GroupRefusedError,
  SourceTimeoutError,
  TransientError,
} from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Statistics } from '../statistics.ts';
import type { Fence } from '../storing/fence.ts';
import type { Invocation } from '../time/elapsed-time.ts';
import { FREEZE_THRESHOLD_MS, nextTurn } from '../time/timers.ts';
import type { Admission } from './admission.ts';
import { type CircuitBreaker, CircuitOpenError } from './circuit-breaker.ts';
import type { SourceGate } from './source-gate.ts';

/** A source that does not answer within this time is to blame, even if it had no more because the invocation ends. */
export const LEAST_TIMEOUT_MS = 500;

/** One call to the source about keys of one group. */
export interface SourceCall<Answer, Result> {
  readonly group: string;
  /** Asks the source; called once, after admission. */
  ask(signal: AbortSignal): Promise<Answer>;
  /** Called as soon as the answer arrives; `order` is the order of the read in the fence. */
  onAnswer(answer: Answer, order: number): Result;
  /** Called on a failure that concerns the source, before the promise of the call rejects. */
  onFailure?(error: unknown, order: number): void;
  /** Whether the source was asked for the answer; it was if this is absent. */
  asksSource?(answer: Answer): boolean;
  /** Abandons the call: its promise rejects with the signal's reason, and `onAnswer` is not called. */
  readonly signal?: AbortSignal;
}

export interface SourceCallerParts {
  readonly gate: SourceGate;
  readonly admission: Admission;
  readonly breaker: CircuitBreaker;
  readonly fence: Fence;
  readonly invocation: Invocation;
  readonly statistics: Statistics;
  readonly clock: Clock;
  /** Milliseconds for one read. */
  readonly timeoutMs: number;
}

/** Makes all calls to one source: applies the gate, admission control, circuit breaker and time-out, and counts the calls. */
export class SourceCaller {
  readonly #parts: SourceCallerParts;
  readonly #inFlight = new InFlightCalls();
  readonly #refused = new RefusedGroups();

  constructor(parts: SourceCallerParts) {
    this.#parts = parts;
  }

  /**
   * Makes the call and resolves with the result of `onAnswer`. Once the source has refused a whole group, every later call
   * for it rejects with that `GroupRefusedError`.
   */
  async call<Answer, Result>(call: SourceCall<Answer, Result>): Promise<Result> {
    this.#refused.check(call.group);
    const { gate, invocation, admission, breaker, clock, timeoutMs } = this.#parts;
    if (!gate.isOpen) await gate.pass(timeoutMs, call.signal);
    // A request may overtake the INVOKE event of its invocation. The deadline is then that of the one before.
    if (this.#budgetMs() <= 0) await nextTurn(clock);
    const waitMs = invocation.budgetMs(Number.POSITIVE_INFINITY, clock.now());
    await admission.enter(call.signal, waitMs);
    try {
      call.signal?.throwIfAborted();
      if (this.#budgetMs() <= 0) throw deadlineExceeded();
      if (!breaker.admit(call.group, clock.now())) throw new CircuitOpenError();
      return await this.#ask(call);
    } finally {
      admission.leave();
    }
  }

  async #ask<Answer, Result>(call: SourceCall<Answer, Result>): Promise<Result> {
    const { fence, statistics } = this.#parts;
    const order = fence.begin();
    // Whether the source is asked is known at once, or with the answer.
    if (call.asksSource === undefined) statistics.sourceReads += 1;
    let isAsked = true;
    try {
      const answer = await this.#askWithTimeout(call, order);
      isAsked = call.asksSource?.(answer) !== false;
      call.signal?.throwIfAborted();
      this.#refused.check(call.group);
      if (isAsked) this.recordContact(call.group, order);
      return call.onAnswer(answer, order);
    } catch (error) {
      this.#refused.record(call.group, error);
      if (call.signal?.aborted !== true && concernsSource(error)) {
        statistics.sourceFailures += 1;
        this.recordContact(call.group, order, error);
        call.onFailure?.(error, order);
      }
      throw error;
    } finally {
      if (isAsked && call.asksSource !== undefined) statistics.sourceReads += 1;
      fence.end(order);
    }
  }

  #budgetMs(): number {
    const { invocation, timeoutMs, clock } = this.#parts;
    return invocation.budgetMs(timeoutMs, clock.now());
  }

  #timeoutError(budgetMs: number): Error {
    if (budgetMs < Math.min(LEAST_TIMEOUT_MS, this.#parts.timeoutMs)) return deadlineExceeded();
    return new SourceTimeoutError(`the source did not answer within ${Math.round(budgetMs)} ms`);
  }

  /** Records how a call ended, for the circuit of the group; without `error`, it succeeded. */
  recordContact(group: string, order: number, error?: unknown): void {
    const { breaker, clock } = this.#parts;
    const wasOpen = breaker.isOpen(group);
    breaker.record(group, clock.now(), error);
    // The source has recovered. Earlier calls hang, and would delay their readers and start a backoff when they time out.
    if (wasOpen && !breaker.isOpen(group)) this.#inFlight.abandonOlder(group, order);
  }

  #askWithTimeout<Answer, Result>(call: SourceCall<Answer, Result>, order: number): Promise<Answer> {
    const budgetMs = this.#budgetMs();
    const { clock } = this.#parts;
    const dueAt = clock.monotonic() + budgetMs;
    const controller = new AbortController();
    return new Promise<Answer>((resolve, reject) => {
      const settle = () => {
        cancel();
        call.signal?.removeEventListener('abort', abandon);
        this.#inFlight.remove(inFlight);
      };
      // Rejects first, so that a source that ignores its signal does not delay readers.
      const giveUp = (reason: unknown) => {
        settle();
        reject(reason);
        controller.abort(reason);
      };
      const wasFrozen = () => clock.monotonic() - dueAt > FREEZE_THRESHOLD_MS;
      const cancel = clock.after(budgetMs, () =>
        giveUp(wasFrozen() ? new CallAbandonedError() : this.#timeoutError(budgetMs)),
      );
      const abandon = () => giveUp(call.signal?.reason);
      call.signal?.addEventListener('abort', abandon);
      const inFlight = { group: call.group, order, abandon: () => giveUp(new CallAbandonedError()) };
      this.#inFlight.add(inFlight);
      const ask = async () => call.ask(controller.signal);
      // A connection that broke during a freeze is reported before the late timer runs, and is not the source's failure.
      const fail = (error: unknown) =>
        reject(isLostContact(error) && wasFrozen() ? new CallAbandonedError() : asError(error));
      ask().finally(settle).then(resolve, fail);
    });
  }
}

const deadlineExceeded = (): Error =>
  new DeadlineExceededError('the invocation is about to end, and the source has not answered yet');

/** Whether a failure is the source's. An abandoned call or an ending invocation is not. */
const concernsSource = (error: unknown): boolean =>
  !(error instanceof CallAbandonedError) && !(error instanceof DeadlineExceededError);

const isLostContact = (error: unknown): boolean => error instanceof TransientError && error.lostContact;

/** A source may throw any value, but logs and readers need an `Error`. */
const asError = (error: unknown): Error =>
  error instanceof Error
    ? error
    : new Error('the source threw a value that is not an Error; see the cause', { cause: error });

/** A call to the source that has not been answered yet. */
export interface InFlightCall {
  readonly group: string;
  /** The order of its read in the fence. */
  readonly order: number;
  abandon(): void;
}

/** The running calls to the source, so that calls that hang after an outage can be abandoned. */
export class InFlightCalls {
  readonly #calls = new Set<InFlightCall>();

  add(call: InFlightCall): void {
    this.#calls.add(call);
  }

  remove(call: InFlightCall): void {
    this.#calls.delete(call);
  }

  /** Abandons the calls for the group that began before `order`. */
  abandonOlder(group: string, order: number): void {
    for (const call of [...this.#calls]) if (call.group === group && call.order < order) call.abandon();
  }
}

/** The call hung through a freeze or an outage. If a reader still waits, it is made again: no reader receives this error. */
export class CallAbandonedError extends Error {
  override readonly name = 'CallAbandonedError';
}

/** The groups whose configuration contradicts the source. They stay refused until the process ends. */
export class RefusedGroups {
  readonly #refusals = new Map<string, GroupRefusedError>();

  /** @throws {GroupRefusedError} if the group is refused */
  check(group: string): void {
    const refusal = this.#refusals.get(group);
    if (refusal !== undefined) throw refusal;
  }

  /** Refuses the group from now on if `error` is a `GroupRefusedError`. */
  record(group: string, error: unknown): void {
    if (error instanceof GroupRefusedError) this.#refusals.set(group, error);
  }
}
