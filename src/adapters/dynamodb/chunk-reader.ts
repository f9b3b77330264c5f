import { checkHeader } from './answer-head.ts';
import { UnreadableAnswer } from './unreadable-answer.ts';

/** What a line between chunks may be long, extensions of a size included. */
const MAX_LINE_BYTES = 4_096;

const SIZE_LINE = /^([\dA-Fa-f]{1,12})(?:[\t ]*;[\t\x20-\x7e\x80-\xff]*)?$/;
const LF = 0x0a;

type Expected = 'size' | 'data' | 'end of data' | 'trailer' | 'nothing';

/** Takes the chunks of a body apart (RFC 9112, section 7.1). Trailers are read, and forgotten. */
export class ChunkReader {
  readonly #give: (piece: Buffer) => void;
  #expected: Expected = 'size';
  #line = '';
  #left = 0;

  /** @param give gets each piece of the body, which is valid until it returns */
  constructor(give: (piece: Buffer) => void) {
    this.#give = give;
  }

  get isDone(): boolean {
    return this.#expected === 'nothing';
  }

  /**
   * Reads on, up to the end of the body.
   *
   * @returns how many of the bytes belong to it
   * @throws {UnreadableAnswer}
   */
  take(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && !this.isDone) {
      at = this.#expected === 'data' ? this.#takeData(bytes, at) : this.#takeLine(bytes, at);
    }
    return at;
  }

  #takeData(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    if (this.#left === 0) this.#expected = 'end of data';
    this.#give(bytes.subarray(at, end));
    return end;
  }

  #takeLine(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(LF, at);
    const end = feed === -1 ? bytes.length : feed + 1;
    this.#line += bytes.toString('latin1', at, end);
    if (this.#line.length > MAX_LINE_BYTES) throw new UnreadableAnswer('a line between chunks is too long');
    if (feed === -1) return end;
    if (!this.#line.endsWith('\r\n')) throw new UnreadableAnswer('a line between chunks ends halfway');
    const line = this.#line.slice(0, -2);
    this.#line = '';
    this.#expected = this.#after(line);
    return end;
  }

  #after(line: string): Expected {
    if (this.#expected === 'trailer') {
      if (line === '') return 'nothing';
      checkHeader(line);
      return 'trailer';
    }
    if (this.#expected === 'end of data') {
      if (line !== '') throw new UnreadableAnswer('a chunk is longer than it said');
      return 'size';
    }
    const size = SIZE_LINE.exec(line)?.[1];
    if (size === undefined) throw new UnreadableAnswer('the size of a chunk is none');
    this.#left = Number.parseInt(size, 16);
    return this.#left === 0 ? 'trailer' : 'data';
  }
}
