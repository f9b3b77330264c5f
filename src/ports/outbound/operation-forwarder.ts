import type { AssumedRole } from '../../domain/iam/assumed-role.ts';
import type { WireAnswer, WireRequest } from '../inbound/wire-operations.ts';

/** An operation to forward to the origin. */
export interface ForwardedOperation extends WireRequest {
  /** The region of the origin. */
  readonly region: string;
  /** The role that signs the operation; absent: the function's own credentials. */
  readonly role?: AssumedRole;
  /** Whether the operation may be retried, because it changes nothing. */
  readonly isRepeatable: boolean;
}

/** Outbound: re-signs operations and forwards them to the origin. Bodies are unchanged in both directions. */
export interface OperationForwarder {
  /**
   * Resolves with the origin's answer, even if that is an error.
   *
   * @throws {TransientError} by rejection. It is then unknown whether the origin executed the operation; after a
   * `NotForwardedError`, it did not.
   */
  forward(operation: ForwardedOperation): Promise<WireAnswer>;
  /** Loads deferred modules, so that the first operation does not wait for them. Never rejects. */
  warmUp?(): Promise<void>;
  /** Closes idle connections. After a freeze or a restored snapshot they may be dead, or shared with another process. */
  dropConnections?(): void;
}
