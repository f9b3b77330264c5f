import type { ClientSignal } from '../../ports/inbound/client-signal.ts';
import type { WireAnswer, WireHeaders, WireRequest } from '../../ports/inbound/wire-operations.ts';
import type { Caller } from '../../ports/outbound/caller-recogniser.ts';

/** An operation of a caller whose identity is ours. */
export interface AdmittedRequest extends WireRequest {
  readonly caller: Caller;
  /**
   * Of a body that is too large to be parsed, what names tables and keys; empty if that cannot be told. Absent if the body
   * can be parsed.
   */
  readonly outline?: Uint8Array;
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
  readonly outline?: Uint8Array;
  readonly #request: WireRequest;

  constructor(
    request: WireRequest,
    caller: Caller,
    body: Uint8Array = request.body,
    outline: Uint8Array | undefined = undefined,
  ) {
    this.operation = request.operation;
    this.headers = request.headers;
    this.body = body;
    this.caller = caller;
    if (outline !== undefined) this.outline = outline;
    this.#request = request;
  }

  get signal(): ClientSignal {
    return this.#request.signal;
  }
}
