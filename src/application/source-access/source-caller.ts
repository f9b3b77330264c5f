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
import { FREEZE_THRESHOLD_MS } from '../time/freeze-aware-timer.ts';
import type { Admission } from './admission.ts';
import { type CircuitBreaker, outOfReach } from './circuit-breaker.ts';
import type { SourceGate } from './source-gate.ts';

/** One call to the source about keys of one group. */
export interface SourceCall<Answer, Result> {
  readonly group: string;
  /** Asks; called once, when it is the call's turn. */
  ask(signal: AbortSignal): Promise<Answer>;
  /** Takes the answer, at once after it has come; `order` is the place of the read among all reads. */
  onAnswer(answer: Answer, order: number): Result;
  /** Learns of a failure before the caller does. */
  onFailure?(error: unknown, order: number): void;
  /** Gives the call up: its promise rejects with the signal's reason, and its answer is never taken. */
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

/** The only way to one source: through the gate, in order, within the time-out, counted, and with a place in the order of reads. */
export class SourceCaller {
  readonly #parts: SourceCallerParts;
  readonly #inFlight = new InFlightCalls();
  readonly #refused = new RefusedGroups();

  constructor(parts: SourceCallerParts) {
    this.#parts = parts;
  }

  /**
   * Makes the call and resolves with what `onAnswer` returned. Once the source has refused a whole group, every call about it
   * rejects with that `GroupRefusedError`.
   */
  async call<Answer, Result>(call: SourceCall<Answer, Result>): Promise<Result> {
    this.#refused.check(call.group);
    const { gate, invocation, admission, breaker, clock, timeoutMs } = this.#parts;
    if (!gate.isOpen) await gate.pass(timeoutMs, call.signal);
    const waitMs = invocation.budgetMs(Number.POSITIVE_INFINITY, clock.now());
    await admission.enter(call.signal, waitMs);
    try {
      call.signal?.throwIfAborted();
      if (this.#budgetMs() <= 0) throw outOfTime();
      if (!breaker.admit(call.group, clock.now())) throw outOfReach();
      return await this.#ask(call);
    } finally {
      admission.leave();
    }
  }

  async #ask<Answer, Result>(call: SourceCall<Answer, Result>): Promise<Result> {
    const { fence, statistics } = this.#parts;
    const order = fence.begin();
    statistics.sourceReads += 1;
    try {
      const answer = await this.#inTime(call, order);
      call.signal?.throwIfAborted();
      this.#refused.check(call.group);
      this.#learn(call.group, order);
      return call.onAnswer(answer, order);
    } catch (error) {
      this.#refused.learn(call.group, error);
      if (call.signal?.aborted !== true && saysSomething(error)) {
        statistics.sourceFailures += 1;
        this.#learn(call.group, order, error);
        call.onFailure?.(error, order);
      }
      throw error;
    } finally {
      fence.end(order);
    }
  }

  #budgetMs(): number {
    const { invocation, timeoutMs, clock } = this.#parts;
    return invocation.budgetMs(timeoutMs, clock.now());
  }

  #late(budgetMs: number): Error {
    if (budgetMs < this.#parts.timeoutMs) return outOfTime();
    return new SourceTimeoutError(`the source did not answer within ${Math.round(budgetMs)} ms`);
  }

  #learn(group: string, order: number, error?: unknown): void {
    const { breaker, clock } = this.#parts;
    const wasOutOfReach = breaker.isOpen(group);
    breaker.record(group, clock.now(), error);
    // Contact is back. What was asked before hangs, and would hold its readers up, and pause its keys, until it times out.
    if (wasOutOfReach && !breaker.isOpen(group)) this.#inFlight.abandonOlder(group, order);
  }

  #inTime<Answer, Result>(call: SourceCall<Answer, Result>, order: number): Promise<Answer> {
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
      // A source that does not heed its signal must not hold its readers either.
      const giveUp = (reason: unknown) => {
        settle();
        reject(reason);
        controller.abort(reason);
      };
      const wasFrozen = () => clock.monotonic() - dueAt > FREEZE_THRESHOLD_MS;
      const cancel = clock.after(budgetMs, () =>
        giveUp(wasFrozen() ? new CallAbandonedError() : this.#late(budgetMs)),
      );
      const abandon = () => giveUp(call.signal?.reason);
      call.signal?.addEventListener('abort', abandon);
      const inFlight = { group: call.group, order, abandon: () => giveUp(new CallAbandonedError()) };
      this.#inFlight.add(inFlight);
      const ask = async () => call.ask(controller.signal);
      // A connection that broke during a freeze is reported before the late timer runs, and says nothing of the source.
      const fail = (error: unknown) =>
        reject(isLoss(error) && wasFrozen() ? new CallAbandonedError() : asError(error));
      ask().finally(settle).then(resolve, fail);
    });
  }
}

const outOfTime = (): Error =>
  new DeadlineExceededError('the invocation is about to end, and the source has not answered yet');

/** Whether a failure says anything of the source, and not only of us. */
const saysSomething = (error: unknown): boolean =>
  !(error instanceof CallAbandonedError) && !(error instanceof DeadlineExceededError);

const isLoss = (error: unknown): boolean => error instanceof TransientError && error.lostContact;

/** What is thrown need not be an error, but those who report it count on one. */
const asError = (error: unknown): Error =>
  error instanceof Error
    ? error
    : new Error('the source failed with something that is no error', { cause: error });

/** A call to the source that has not been answered yet. */
export interface InFlightCall {
  readonly group: string;
  /** Its place among all reads. */
  readonly order: number;
  abandon(): void;
}

/** Knows the calls that wait for the source, so that those can be given up which an outage has swallowed. */
export class InFlightCalls {
  readonly #calls = new Set<InFlightCall>();

  add(call: InFlightCall): void {
    this.#calls.add(call);
  }

  remove(call: InFlightCall): void {
    this.#calls.delete(call);
  }

  /** Gives up the calls about the group that were made before the one of that place. */
  abandonOlder(group: string, order: number): void {
    for (const call of [...this.#calls]) if (call.group === group && call.order < order) call.abandon();
  }
}

/** Why a call to the source was given up that a freeze or an outage has swallowed: whoever still waits has it made again. Never seen by a reader. */
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

  /** Refuses the group from now on if `error` says so. */
  learn(group: string, error: unknown): void {
    if (error instanceof GroupRefusedError) this.#refusals.set(group, error);
  }
}
