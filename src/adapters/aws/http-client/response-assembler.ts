import type { AnswerHead } from './answer-head.ts';
import type { AnswerListener } from './answer-reader.ts';
import { BodyStream, type PieceSource } from './body-stream.ts';

/** What the other side said. */
export interface UpstreamAnswer extends Pick<AnswerHead, 'status' | 'headers'> {
  /** All of it where it is short; otherwise what is yet to come, which throws a `TransientError` if the rest does not come. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
  /** Ends the connection over which it came, and what is under way on it. */
  discard(): void;
}

/** Who waits for an answer. */
export interface AnswerTaker extends PieceSource {
  given(answer: Omit<UpstreamAnswer, 'discard'>): void;
  /** Nothing more of it comes. */
  over(): void;
  /** The same, before it was complete. Makes of what happened the error that readers of a long body are told. */
  failed(error: Error): Error;
  /** No more of the body for now. */
  pause(): void;
}

/** Puts an answer together as it comes. */
export class ResponseAssembler implements AnswerListener {
  readonly #taker: AnswerTaker;
  readonly #maxWholeBytes: number;
  #head: AnswerHead = { status: 0, headers: {}, isOld: false };
  #whole: Buffer = Buffer.alloc(0);
  #filled = 0;
  #pieces: BodyStream | undefined;

  /** @param maxWholeBytes what is no longer than that is given when all of it is there, the rest from its head on */
  constructor(taker: AnswerTaker, maxWholeBytes: number) {
    this.#taker = taker;
    this.#maxWholeBytes = maxWholeBytes;
  }

  head(head: AnswerHead, bytes: number | undefined): void {
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
