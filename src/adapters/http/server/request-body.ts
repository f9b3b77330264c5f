import { CacheError, OverloadedError } from '../../../domain/cache/errors.ts';
import type { BodyAllowance } from '../../../ports/inbound/server.ts';

/**
 * Reads the body of a request. Returns undefined if it exceeds the maximum length.
 *
 * @throws {OverloadedError} if the pending bodies together exceed their limit
 * @throws {ClientDisconnectedError} if the client disconnects before the end of the body
 */
export const bodyWithin = async (
  request: Request,
  allowance: BodyAllowance,
): Promise<Uint8Array | undefined> => {
  const length = request.headers.get('content-length');
  const body = new GatheredBody(length === null ? undefined : Number(length), allowance);
  if (!body.begin()) return undefined;
  try {
    for await (const piece of request.body ?? []) if (!body.add(piece)) return undefined;
  } catch (error) {
    if (error instanceof CacheError) throw error;
    throw new ClientDisconnectedError({ cause: error });
  }
  return body.whole();
};

/** Smallest buffer for a body of unknown length that arrives in several pieces, in bytes. */
const MIN_CAPACITY = 65_536;

/** Collects one request body in a single buffer: many small pieces would occupy many times their size. */
export class GatheredBody {
  readonly #length: number | undefined;
  readonly #allowance: BodyAllowance;
  /** The first piece, or the buffer that all pieces are copied to. */
  #content: Uint8Array = new Uint8Array();
  #bytes = 0;
  #isCopy = false;

  /** @param length the `Content-Length`; undefined for a chunked body */
  constructor(length: number | undefined, allowance: BodyAllowance) {
    this.#length = length;
    this.#allowance = allowance;
  }

  /**
   * Returns whether the announced length is allowed, and reserves it at once: a body that has begun can then be completed.
   *
   * @throws {OverloadedError} if the pending bodies together exceed their limit
   */
  begin(): boolean {
    const length = this.#length;
    if (length === undefined) return true;
    if (length > this.#allowance.maxBytes) return false;
    this.#allowance.take(length);
    return true;
  }

  /**
   * Adds a piece. Returns false if the body now exceeds the maximum length.
   *
   * @throws {OverloadedError} if the pending bodies together exceed their limit
   */
  add(piece: Uint8Array): boolean {
    const bytes = this.#bytes + piece.byteLength;
    if (bytes > this.#allowance.maxBytes) return false;
    if (this.#bytes === 0 && !this.#isCopy) {
      if (this.#length === undefined) this.#allowance.take(piece.byteLength);
      this.#content = piece;
    } else {
      this.#makeRoomFor(bytes);
      this.#content.set(piece, this.#bytes);
    }
    this.#bytes = bytes;
    return true;
  }

  whole(): Uint8Array {
    return this.#content.byteLength === this.#bytes ? this.#content : this.#content.subarray(0, this.#bytes);
  }

  #makeRoomFor(bytes: number): void {
    if (this.#isCopy && bytes <= this.#content.byteLength) return;
    const capacity = this.#length ?? Math.min(Math.max(2 * bytes, MIN_CAPACITY), this.#allowance.maxBytes);
    if (this.#length === undefined) this.#allowance.take(capacity - this.#content.byteLength);
    // Not from the shared pool: the system commits only the pages that are written.
    const content = Buffer.allocUnsafeSlow(capacity);
    content.set(this.#content.subarray(0, this.#bytes));
    this.#content = content;
    this.#isCopy = true;
  }
}

/** The client closed its connection before it sent the whole request. No response can reach it. */
export class ClientDisconnectedError extends Error {
  constructor(options?: ErrorOptions) {
    super('the client closed the connection before it sent the whole request', options);
    this.name = 'ClientDisconnectedError';
  }
}

/** Slightly more than DynamoDB accepts, so that DynamoDB itself rejects requests that are too large. */
const MAX_BODY_BYTES = 17 * 1024 * 1024;

/** Sent in `Retry-After`: bodies on the loopback interface are read within this time. */
const RETRY_AFTER_MS = 1000;

/** Bounds the total size of the bodies of unanswered requests. */
export class PendingBodies {
  readonly #maxBytes: number;
  #bytes = 0;

  /** @param maxBytes of all bodies together; raised to the maximum length of one body if it is smaller */
  constructor(maxBytes: number) {
    this.#maxBytes = Math.max(maxBytes, MAX_BODY_BYTES);
  }

  /** Opens the share of one request. Release it when the request is answered. */
  open(): PendingBody {
    return new PendingBody(this);
  }

  /** Reserves `bytes`. Returns false, and reserves none, if the limit would be exceeded. */
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
        'the unanswered request bodies together exceed CACHE_EXTENSION_MAX_PENDING_BODY_BYTES: retry this request, or raise the setting',
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
