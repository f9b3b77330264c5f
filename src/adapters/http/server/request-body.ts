import type { BodyAllowance } from '../../../ports/inbound/server.ts';

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
