import type { ResponseHead } from './response-head.ts';
import type { ResponseListener } from './response-reader.ts';

/** What the other side said. */
export interface UpstreamResponse extends Pick<ResponseHead, 'status' | 'headers'> {
  /** All of it where it is short; otherwise what is yet to come, which throws a `TransientError` if the rest does not come. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** Ends the connection over which it came, and what is under way on it. */
  discard(): void;
}

/** Who waits for an answer. */
export interface ResponseTaker extends BodySource {
  given(answer: Omit<UpstreamResponse, 'discard'>): void;
  /** Nothing more of it comes. */
  over(): void;
  /** The same, before it was complete. Makes of what happened the error that readers of a long body are told. */
  failed(error: Error): Error;
  /** No more of the body for now. */
  pause(): void;
}

/** Puts an answer together as it comes. */
export class ResponseAssembler implements ResponseListener {
  readonly #taker: ResponseTaker;
  readonly #maxWholeBytes: number;
  #head: ResponseHead = { status: 0, headers: {}, isOld: false };
  #whole: Buffer = Buffer.alloc(0);
  #filled = 0;
  #pieces: BodyStream | undefined;

  /** @param maxWholeBytes what is no longer than that is given when all of it is there, the rest from its head on */
  constructor(taker: ResponseTaker, maxWholeBytes: number) {
    this.#taker = taker;
    this.#maxWholeBytes = maxWholeBytes;
  }

  head(head: ResponseHead, bytes: number | undefined): void {
    this.#head = head;
    if (bytes !== undefined && bytes <= this.#maxWholeBytes) {
      this.#whole = Buffer.allocUnsafe(bytes);
      return;
    }
    this.#pieces = new BodyStream(this.#taker);
    this.#taker.given({ status: head.status, headers: head.headers, body: this.#pieces });
  }

  piece(piece: Buffer): void {
    if (this.#pieces === undefined) this.#filled += piece.copy(this.#whole, this.#filled);
    else if (!this.#pieces.push(piece)) this.#taker.pause();
  }

  /** All of it has come. */
  end(): void {
    const { status, headers } = this.#head;
    this.#taker.over();
    if (this.#pieces === undefined) this.#taker.given({ status, headers, body: this.#whole });
    else this.#pieces.end();
  }

  /** The rest will not come. */
  fail(error: Error): void {
    const failure = this.#taker.failed(error);
    this.#pieces?.end(failure);
  }
}

/** What is told how the pieces of a body are used. */
export interface BodySource {
  /** More may come. */
  resume(): void;
  /** Nobody wants the rest. */
  abandon(): void;
}

/** Bytes that may wait before no more of them are read. */
const MAX_WAITING_BYTES = 65_536;

/** Small pieces that wait are joined in blocks of this size: a piece by itself costs some 200 bytes beside its own. */
const BLOCK_BYTES = 16_384;

type Settled = {
  readonly resolve: (result: IteratorResult<Uint8Array>) => void;
  readonly reject: (error: unknown) => void;
};

/** The body of a long answer, piece by piece, for one reader. */
export class BodyStream implements AsyncIterableIterator<Uint8Array> {
  readonly #source: BodySource;
  readonly #pieces: Uint8Array[] = [];
  /** The last piece while more may be added to it. */
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

  /** Takes a copy of a piece, and says whether more is wanted now. */
  push(piece: Buffer): boolean {
    if (this.#reader !== undefined) {
      this.#settle({ value: Buffer.from(piece), done: false });
      return true;
    }
    this.#keep(piece);
    this.#bytes += piece.byteLength;
    return this.#bytes < MAX_WAITING_BYTES;
  }

  /** There is nothing more, because of `error` if there is one. */
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
