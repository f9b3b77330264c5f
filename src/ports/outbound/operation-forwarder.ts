import type { WireAnswer, WireRequest } from '../inbound/wire-operations.ts';

/** An operation on its way to the origin. */
export interface ForwardedOperation extends WireRequest {
  /** The region whose origin is to do it. */
  readonly region: string;
  /** Whether it may reach the origin twice, which it may where it changes nothing. */
  readonly isRepeatable: boolean;
}

/** Outbound: has the origin do operations, each signed anew, byte for byte both ways. */
export interface OperationForwarder {
  /**
   * The origin's answer, whatever it says.
   *
   * @throws {TransientError} by rejection: whether the origin did it is unknown, unless it is one that says it did not
   */
  forward(operation: ForwardedOperation): Promise<WireAnswer>;
  /** Loads what the first operation needs, so that it need not wait for it. Never rejects. */
  warmUp?(): Promise<void>;
}
