const MIN_BLOCK_BYTES = 1_024;
const MAX_BLOCK_BYTES = 65_536;

/** Pieces of at least this size are kept as they are. */
const LARGE_PIECE_BYTES = 16_384;

/**
 * Collects the pieces of a body up to a limit in bytes. Small pieces are copied into blocks, because each separate piece
 * has an overhead of about 200 bytes.
 */
export class BodyCollector {
  readonly #maxBytes: number;
  readonly #parts: Uint8Array[] = [];
  #block = new Uint8Array(0);
  #filled = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Adds a piece. The caller must not change the piece afterwards.
   *
   * @returns false if the piece would exceed the limit; the piece is then discarded
   */
  add(piece: Uint8Array): boolean {
    if (this.#bytes + piece.byteLength > this.#maxBytes) return false;
    if (piece.byteLength >= LARGE_PIECE_BYTES) {
      this.#closeBlock();
      this.#parts.push(piece);
    } else {
      this.#copy(piece);
    }
    this.#bytes += piece.byteLength;
    return true;
  }

  /** Returns all added bytes. Call it once, after the last piece. */
  whole(): Uint8Array {
    this.#closeBlock();
    const [only] = this.#parts;
    if (only !== undefined && this.#parts.length === 1) return only;
    return joined(this.#parts);
  }

  #copy(piece: Uint8Array): void {
    const room = Math.min(this.#block.byteLength - this.#filled, piece.byteLength);
    this.#block.set(piece.subarray(0, room), this.#filled);
    this.#filled += room;
    if (room === piece.byteLength) return;
    const rest = piece.subarray(room);
    this.#closeBlock();
    // Blocks grow with the body, so that a short body does not allocate a large block.
    const size = Math.max(MIN_BLOCK_BYTES, rest.byteLength, Math.min(MAX_BLOCK_BYTES, this.#bytes));
    this.#block = new Uint8Array(size);
    this.#block.set(rest);
    this.#filled = rest.byteLength;
  }

  #closeBlock(): void {
    if (this.#filled > 0) this.#parts.push(this.#block.subarray(0, this.#filled));
    this.#block = new Uint8Array(0);
    this.#filled = 0;
  }
}

/** The bytes of all parts, in order. */
export const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((bytes, part) => bytes + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
};

/**
 * Collects all pieces of a body; returns a whole body unchanged. Rejects with the error that broke it off.
 *
 * @param maxBytes limit for a body in pieces
 * @throws the error of `tooLong` by rejection, if it is longer; ending the iteration closes the connection
 */
export const collectBody = async (
  body: Uint8Array | AsyncIterable<Uint8Array>,
  maxBytes: number,
  tooLong = (): Error => new RangeError(`the body is longer than ${maxBytes} bytes`),
): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  const collected = new BodyCollector(maxBytes);
  for await (const piece of body) if (!collected.add(piece)) throw tooLong();
  return collected.whole();
};
