/** The function is about to run. */
export interface InvokeEvent {
  readonly type: 'invoke';
  /** Wall time in milliseconds at which the invocation is cut off. */
  readonly deadlineMs: number;
}

/** The process is about to be ended. */
export interface ShutdownEvent {
  readonly type: 'shutdown';
  readonly reason: string;
}

export type LifecycleEvent = InvokeEvent | ShutdownEvent;

/**
 * How invocations come to be known: `told` by events, with sleep in between; `untold`, where the process never sleeps;
 * or there are `none`, and so nobody who waits for the first `next`.
 */
export type Invocations = 'told' | 'untold' | 'none';

/** Where the program learns what its surroundings are about to do. */
export interface LifecycleEvents {
  readonly invocations: Invocations;
  /** The account that the surroundings belong to; absent where it is unknown. */
  readonly account?: string | undefined;
  /** Says that all work for the event before is done, and waits for the next one, for as long as it takes. */
  next(): Promise<LifecycleEvent>;
  /** Tells that the program cannot start, and why. The process should end after it. */
  reportInitError(error: Error): Promise<void>;
}
