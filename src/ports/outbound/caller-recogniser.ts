import type { WireRequest } from '../inbound/wire-operations.ts';

/** For whom an operation is done: the identity whose credentials are ours, too. */
export interface Caller {
  /** The region that the request was signed for. */
  readonly region: string;
  /** The account of our identity; absent where it is unknown. */
  readonly account?: string;
}

/** Outbound: knows our own identity, and tells by its signature whether a request is made under it. */
export interface CallerRecogniser {
  /**
   * Tells the caller by what the headers name, which does not take the body.
   *
   * @throws {CacheError} at once or by rejection, if the request is another identity's or unsigned, or ours cannot be found out
   */
  recognise(request: Pick<WireRequest, 'headers'>): Caller | Promise<Caller>;
  /**
   * Checks what only the whole request shows, once its caller is recognised.
   *
   * @throws {CacheError} at once or by rejection, if the request is not what its caller signed
   */
  verify(request: WireRequest): void | Promise<void>;
}
