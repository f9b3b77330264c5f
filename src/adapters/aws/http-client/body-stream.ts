/** The sender of a body, which the stream controls. */
export interface BodySource {
  /** Continues to read. */
  resume(): void;
  /** The rest is not needed. */
  abandon(): void;
}

/** Stop reading when this many bytes wait. */
const MAX_WAITING_BYTES = 65_536;

/** Small waiting pieces are joined in blocks of this size, because each piece costs some 200 bytes of overhead. */
const BLOCK_BYTES = 16_384;

type Settled = {
  readonly resolve: (result: IteratorResult<Uint8Array>) => void;
  readonly reject: (error: unknown) => void;
};

/** The body of a long response in pieces, for one reader. */
export class BodyStream implements AsyncIterableIterator<Uint8Array> {
  readonly #source: BodySource;
  readonly #pieces: Uint8Array[] = [];
  /** The last block, while it has room. */
  #block: Buffer | undefined;
  #filled = 0;
  #bytes = 0;
  #end: { readonly error?: unknown } | undefined;
  #reader: Settled | undefined;

  constructor(source: BodySource) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Copies a piece. Returns whether to continue reading. */
  push(piece: Buffer): boolean {
    if (this.#reader !== undefined) {
      this.#settle({ value: Buffer.from(piece), done: false });
      return true;
    }
    this.#keep(piece);
    this.#bytes += piece.byteLength;
    return this.#bytes < MAX_WAITING_BYTES;
  }

  /** The body is complete, or broke off with `error`. */
  end(error?: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = error === undefined ? {} : { error };
    const reader = this.#reader;
    this.#reader = undefined;
    if (error === undefined) reader?.resolve({ value: undefined, done: true });
    else reader?.reject(error);
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#pieces.length === 0) this.#closeBlock();
    const piece = this.#pieces.shift();
    if (piece !== undefined) {
      this.#bytes -= piece.byteLength;
      if (this.#bytes < MAX_WAITING_BYTES && this.#end === undefined) this.#source.resume();
      return Promise.resolve({ value: piece, done: false });
    }
    if (this.#end !== undefined) {
      return 'error' in this.#end
        ? Promise.reject(this.#end.error)
        : Promise.resolve({ value: undefined, done: true });
    }
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#pieces.length = 0;
    this.#block = undefined;
    this.#filled = 0;
    if (this.#end === undefined) this.#source.abandon();
    this.#end = {};
    return { value: undefined, done: true };
  }

  #keep(piece: Buffer): void {
    if (this.#filled + piece.byteLength > (this.#block?.byteLength ?? 0)) this.#closeBlock();
    if (piece.byteLength > BLOCK_BYTES) {
      this.#pieces.push(Buffer.from(piece));
      return;
    }
    this.#block ??= Buffer.allocUnsafe(BLOCK_BYTES);
    this.#filled += piece.copy(this.#block, this.#filled);
  }

  #closeBlock(): void {
    if (this.#block !== undefined) this.#pieces.push(this.#block.subarray(0, this.#filled));
    this.#block = undefined;
    this.#filled = 0;
  }

  #settle(result: IteratorResult<Uint8Array>): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.resolve(result);
  }
}
