import type { Caller } from '../../ports/caller-recogniser.ts';
import type { WireAnswer, WireRequest } from '../../ports/wire-operations.ts';

/** An operation of a caller whose identity is ours. */
export interface AdmittedRequest extends WireRequest {
  readonly caller: Caller;
}

/** Does operations of callers that have been recognised; otherwise like `WireOperations`. */
export interface AdmittedOperations {
  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer>;
}
