import { ChunkReader } from './chunk-reader.ts';
import { framingOf, parseResponseHead, type ResponseFraming, type ResponseHead } from './response-head.ts';
import { UnreadableResponseError } from './transport-error.ts';

/** Who is told of an answer as it comes. */
export interface ResponseListener {
  /** @param bytes of the body, where its head says how many */
  head(head: ResponseHead, bytes: number | undefined): void;
  /** A piece of the body, which is valid until this returns. */
  piece(piece: Buffer): void;
}

/** Of a head; as much as Node.js takes. */
const MAX_HEAD_BYTES = 16_384;

/** Informational heads (1xx) before the final one. DynamoDB sends none. */
const MAX_INFORMATIONAL_HEADS = 16;

const END_OF_HEAD = '\r\n\r\n';

/** Reads one answer of HTTP/1.1 to a POST, in whatever pieces it comes, strictly: what can be read in two ways is refused. */
export class ResponseReader {
  readonly #listener: ResponseListener;
  #headSoFar: Buffer | undefined;
  #informationalHeads = 0;
  #framing: ResponseFraming | undefined;
  #left = 0;
  #chunks: ChunkReader | undefined;
  #keptForMs: number | undefined;
  #isLast = false;
  #isDone = false;

  constructor(listener: ResponseListener) {
    this.#listener = listener;
  }

  /** Whether the answer is complete. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Whether the final head is complete, and the trailers, if any, have not begun: until then, and after that, little can come. */
  get isInBody(): boolean {
    return this.#framing !== undefined && this.#chunks?.isInTrailers !== true;
  }

  /** How long the other side says that it keeps an idle connection; undefined if it says nothing. */
  get keptForMs(): number | undefined {
    return this.#keptForMs;
  }

  /** Whether nothing can follow it on its connection. */
  get isLast(): boolean {
    return this.#isLast;
  }

  /**
   * Reads on.
   *
   * @throws {UnreadableResponseError} if that is no answer, or can be read in two ways
   */
  take(bytes: Buffer): void {
    let rest = bytes;
    while (this.#framing === undefined) {
      const after = this.#takeHead(rest);
      if (after === undefined) return;
      rest = after;
    }
    this.#takeBody(rest);
  }

  /**
   * Nothing comes any more.
   *
   * @returns whether that is the end of the answer
   */
  end(): boolean {
    this.#isDone ||= this.#framing === 'until-closed';
    return this.#isDone;
  }

  /** What follows the head, if all of that is there. */
  #takeHead(bytes: Buffer): Buffer | undefined {
    const soFar = this.#headSoFar === undefined ? bytes : Buffer.concat([this.#headSoFar, bytes]);
    const text = soFar.toString('latin1', 0, MAX_HEAD_BYTES + END_OF_HEAD.length);
    const end = text.indexOf(END_OF_HEAD);
    if (end === -1 && text.length > MAX_HEAD_BYTES) throw new UnreadableResponseError('the head is too long');
    if (end === -1) {
      refuseUnlikely(text);
      // What was given is valid for this moment only.
      this.#headSoFar = soFar === bytes ? Buffer.from(bytes) : soFar;
      return undefined;
    }
    this.#headSoFar = undefined;
    const head = parseResponseHead(text.slice(0, end));
    if (head.status < 200) this.#passOver(head);
    else this.#begin(head);
    return soFar.subarray(end + END_OF_HEAD.length);
  }

  #passOver(head: ResponseHead): void {
    refuseSwitch(head);
    this.#informationalHeads += 1;
    if (this.#informationalHeads > MAX_INFORMATIONAL_HEADS) {
      throw new UnreadableResponseError('too many informational heads come before the final one');
    }
  }

  #begin(head: ResponseHead): void {
    const framing = framingOf(head);
    this.#framing = framing;
    this.#left = typeof framing === 'number' ? framing : 0;
    this.#isLast = framing === 'until-closed' || head.isOld || closes(head);
    this.#keptForMs = keptForMs(head);
    if (framing === 'chunked') this.#chunks = new ChunkReader((piece) => this.#listener.piece(piece));
    this.#listener.head(head, typeof framing === 'number' ? framing : undefined);
  }

  #takeBody(bytes: Buffer): void {
    if (this.#framing === 'until-closed') {
      if (bytes.length > 0) this.#listener.piece(bytes);
      return;
    }
    const taken = this.#chunks === undefined ? this.#takeCounted(bytes) : this.#chunks.take(bytes);
    this.#isDone = this.#chunks === undefined ? this.#left === 0 : this.#chunks.isDone;
    // Nobody asked for more: where this ends is not what whoever wrote it thinks.
    if (taken < bytes.length) throw new UnreadableResponseError('more came than was asked for');
  }

  #takeCounted(bytes: Buffer): number {
    const taken = Math.min(this.#left, bytes.length);
    this.#left -= taken;
    if (taken > 0) this.#listener.piece(taken === bytes.length ? bytes : bytes.subarray(0, taken));
    return taken;
  }
}

const closes = ({ headers: { connection } }: ResponseHead): boolean =>
  connection !== undefined && connection !== 'keep-alive' && /(?:^|[\s,])close(?:[\s,]|$)/i.test(connection);

const keptForMs = ({ headers: { 'keep-alive': said } }: ResponseHead): number | undefined => {
  const seconds = said === undefined ? undefined : /(?:^|[\s,])timeout=(\d{1,9})/i.exec(said)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
};

/** Nobody asked for another protocol. */
const refuseSwitch = ({ status }: ResponseHead): void => {
  if (status === 101) throw new UnreadableResponseError('the protocol is to be another');
};

/** Of what is not there to its end, so that nobody waits for the rest of noise. */
const refuseUnlikely = (text: string): void => {
  const begin = 'HTTP/1.';
  if (!begin.startsWith(text.slice(0, begin.length)))
    throw new UnreadableResponseError('what comes is no HTTP');
  const lastLine = text.lastIndexOf('\r\n');
  if (lastLine !== -1) parseResponseHead(text.slice(0, lastLine));
  if (/\r[^\n]|[^\r]\n/.test(text)) throw new UnreadableResponseError('a line of the head ends halfway');
};
