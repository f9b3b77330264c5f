import { ChunkedBody } from './chunked-body.ts';
import { MalformedRequestError } from './malformed-request-error.ts';
import { headerIn, type RequestHead } from './request-head.ts';

/** Reads the body of one request off a connection. */
export interface FramedBody {
  readonly isComplete: boolean;
  /** Gives the data in `bytes` to `take`, and returns how many bytes were of this body. */
  read(bytes: Buffer, take: (data: Uint8Array) => void): number;
}

const NO_BODY: FramedBody = { isComplete: true, read: () => 0 };

/**
 * How the body behind a head ends (RFC 9112, section 6). What could be understood in two ways is refused.
 *
 * @throws {MalformedRequestError}
 */
export const framedBody = (head: RequestHead): FramedBody => {
  const length = headerIn(head, 'content-length');
  const coding = headerIn(head, 'transfer-encoding');
  if (coding !== undefined) {
    const isChunkedOnce = /(?:^|,)[\t ]*chunked$/i.test(coding) && !/chunked[\t ]*,/i.test(coding);
    if (length !== undefined || !isChunkedOnce) throw new MalformedRequestError();
    return new ChunkedBody();
  }
  if (length === undefined) return NO_BODY;
  // Two lengths are joined by a comma, and so are none.
  if (!/^\d{1,15}$/.test(length)) throw new MalformedRequestError();
  return Number(length) === 0 ? NO_BODY : new BodyOfLength(Number(length));
};

class BodyOfLength implements FramedBody {
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isComplete(): boolean {
    return this.#left === 0;
  }

  read(bytes: Buffer, take: (data: Uint8Array) => void): number {
    const read = Math.min(this.#left, bytes.length);
    this.#left -= read;
    if (read > 0) take(bytes.subarray(0, read));
    return read;
  }
}
