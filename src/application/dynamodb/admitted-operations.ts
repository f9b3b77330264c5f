import type { Caller } from '../../ports/caller-recogniser.ts';
import type { ClientSignal } from '../../ports/client-signal.ts';
import type { WireAnswer, WireHeaders, WireRequest } from '../../ports/wire-operations.ts';

/** An operation of a caller whose identity is ours. */
export interface AdmittedRequest extends WireRequest {
  readonly caller: Caller;
}

/** Does operations of callers that have been recognised; otherwise like `WireOperations`. */
export interface AdmittedOperations {
  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer>;
}

/** A request that goes on under the name of its caller, with another body if need be. Its signal is not asked for before somebody else does. */
export class AdmittedOperation implements AdmittedRequest {
  readonly operation: string;
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
  readonly caller: Caller;
  readonly #request: WireRequest;

  constructor(request: WireRequest, caller: Caller, body: Uint8Array = request.body) {
    this.operation = request.operation;
    this.headers = request.headers;
    this.body = body;
    this.caller = caller;
    this.#request = request;
  }

  get signal(): ClientSignal {
    return this.#request.signal;
  }
}
