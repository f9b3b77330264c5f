import { OverloadedError } from '../../../domain/cache/errors.ts';
import type { BodyAllowance } from '../../../ports/inbound/server.ts';

/** Somewhat more than any request that DynamoDB takes, so that DynamoDB itself refuses those that are too large. */
const MAX_BODY_BYTES = 17 * 1024 * 1024;

/** When a client may try again: bodies on loopback are read within that. */
const RETRY_AFTER_MS = 1000;

/** Bounds the sum of the bodies that are held for requests without an answer. */
export class PendingBodies {
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes of all bodies together; at least one body of full length has to fit */
  constructor(maxBytes: number) {
    this.#maxBytes = Math.max(maxBytes, MAX_BODY_BYTES);
  }

  /** The share of one request, to be released when it is answered. */
  open(): PendingBody {
    return new PendingBody(this);
  }

  /** Whether there is room for so many bytes more, which are counted then. */
  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#maxBytes) return false;
    this.#bytes += bytes;
    return true;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** The share of one request in the pending bodies. */
export class PendingBody implements BodyAllowance {
  readonly maxBytes = MAX_BODY_BYTES;
  readonly #bodies: PendingBodies;
  #bytes = 0;

  constructor(bodies: PendingBodies) {
    this.#bodies = bodies;
  }

  take(bytes: number): void {
    if (!this.#bodies.take(bytes)) {
      throw new OverloadedError(
        'the request bodies that are being read together exceed CACHE_EXTENSION_MAX_PENDING_BODY_BYTES: retry this request',
        { retryAfterMs: RETRY_AFTER_MS },
      );
    }
    this.#bytes += bytes;
  }

  release(): void {
    this.#bodies.release(this.#bytes);
    this.#bytes = 0;
  }
}
