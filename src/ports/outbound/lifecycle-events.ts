/** The function is about to run. */
export interface InvokeEvent {
  readonly type: 'invoke';
  /** Wall time in milliseconds at which Lambda ends the invocation. */
  readonly deadlineMs: number;
}

/** The process is about to end. */
export interface ShutdownEvent {
  readonly type: 'shutdown';
  readonly reason: string;
}

export type LifecycleEvent = InvokeEvent | ShutdownEvent;

/**
 * How the program learns of invocations.
 * - `notified`: by an event for each; the process may be frozen between them.
 * - `unobserved`: invocations happen without events; the process is never frozen.
 * - `none`: there are no invocations, so that the first `next` need not wait for the preload.
 */
export type Invocations = 'notified' | 'unobserved' | 'none' | DeprecatedInvocations;

/** @deprecated Values of version 0.1.0: use `notified` for `told`, and `unobserved` for `untold`. */
export type DeprecatedInvocations = 'told' | 'untold';

/** Whether a start of the program is the first in its environment. */
export type StartKind = 'first' | 'repeated';

/** The lifecycle of the process: invocations and shutdown. */
export interface LifecycleEvents {
  readonly invocations: Invocations;
  /** The AWS account id of the function; absent if it is unknown. */
  readonly account?: string | undefined;
  /**
   * Records that the program starts. Returns `repeated` if it has started before in the same environment, for example before
   * a time-out of the function: an invocation then waits for the first `next`. Absent: the start is always the first.
   * Never throws.
   */
  recordStart?(): StartKind;
  /** Signals that all work for the previous event is done, and waits for the next one without a time-out. */
  next(): Promise<LifecycleEvent>;
  /** Reports that the program cannot start, and the reason. The process should exit afterwards. */
  reportInitError(error: Error): Promise<void>;
}
