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
 * How the process learns of invocations. `told`: by events; the process is frozen between invocations. `untold`: without
 * events; the process is never frozen. `none`: there are no invocations, and no platform waits for the first `next`.
 */
export type Invocations = 'told' | 'untold' | 'none';

/** Outbound: the lifecycle events of the platform. */
export interface LifecycleEvents {
  readonly invocations: Invocations;
  /** The AWS account of the function; absent if unknown. */
  readonly account?: string | undefined;
  /** Reports that the work for the previous event is done, and waits for the next event without a time-out. */
  next(): Promise<LifecycleEvent>;
  /** Reports why the process cannot start. The process should exit afterwards. */
  reportInitError(error: Error): Promise<void>;
}
