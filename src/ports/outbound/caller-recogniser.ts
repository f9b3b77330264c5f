import type { WireRequest } from '../inbound/wire-operations.ts';

/** The caller of an operation: it has the same identity as the extension. */
export interface Caller {
  /** The region that the request was signed for. */
  readonly region: string;
  /** The account of the extension's identity; absent if unknown. */
  readonly account?: string;
}

/** Outbound: checks by its signature that a request is made under the extension's own identity. */
export interface CallerRecogniser {
  /**
   * Identifies the caller by the headers alone.
   *
   * @throws {CacheError} synchronously or by rejection, if the request is unsigned or has another identity, or if the
   * extension's identity cannot be determined
   */
  recognise(request: Pick<WireRequest, 'headers'>): Caller | Promise<Caller>;
  /**
   * Verifies the signature over the whole request, after `recognise`.
   *
   * @throws {CacheError} synchronously or by rejection, if the signature does not match the request
   */
  verify(request: WireRequest): void | Promise<void>;
}
