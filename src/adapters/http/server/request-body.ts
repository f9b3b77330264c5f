import { CacheError, OverloadedError } from '../../../domain/cache/errors.ts';
import type { BodyAllowance } from '../../../ports/inbound/server.ts';

/**
 * The body of a request, or undefined if it is longer than it may be.
 *
 * @throws {CacheError} if there is no room for it
 * @throws {ClientLeftError}
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
    throw new ClientLeftError({ cause: error });
  }
  return body.whole();
};

/** The least that is set aside for a body of unknown length that comes in several pieces. */
const LEAST_CAPACITY = 65_536;

/** Gathers the pieces of one request body, copied into one place: to keep many small pieces takes many times their size. */
export class GatheredBody {
  readonly #length: number | undefined;
  readonly #allowance: BodyAllowance;
  /** The only piece so far, or what all pieces are copied to. */
  #content: Uint8Array = new Uint8Array();
  #bytes = 0;
  #isCopy = false;

  /** @param length as the request announces it; undefined if it comes in chunks */
  constructor(length: number | undefined, allowance: BodyAllowance) {
    this.#length = length;
    this.#allowance = allowance;
  }

  /**
   * Whether the announced length may be read. All of it is counted at once, so that a body that has begun can be finished.
   *
   * @throws {CacheError} if there is no room for it
   */
  begin(): boolean {
    const length = this.#length;
    if (length === undefined) return true;
    if (length > this.#allowance.maxBytes) return false;
    this.#allowance.take(length);
    return true;
  }

  /**
   * Whether the body may be as long as it is with this piece.
   *
   * @throws {CacheError} if there is no room for it
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
    const capacity = this.#length ?? Math.min(Math.max(2 * bytes, LEAST_CAPACITY), this.#allowance.maxBytes);
    if (this.#length === undefined) this.#allowance.take(capacity - this.#content.byteLength);
    // Memory of its own, of which the system gives out only the pages that are written.
    const content = Buffer.allocUnsafeSlow(capacity);
    content.set(this.#content.subarray(0, this.#bytes));
    this.#content = content;
    this.#isCopy = true;
  }
}

/** The client closed its connection before it had sent the whole request. No answer can reach it. */
export class ClientLeftError extends Error {
  constructor(options?: ErrorOptions) {
    super('the client closed the connection before it had sent the whole request', options);
    this.name = 'ClientLeftError';
  }
}

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
