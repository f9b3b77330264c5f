import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  type JsonBytes,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  unusual,
} from './json-bytes.ts';
import { MemberOrder } from './member-order.ts';

/** Items lie side by side in pieces of so many bytes; longer ones in pieces of their own. */
const PIECE_BYTES = 65_536;

/** What is shorter is copied byte by byte, because a call takes longer. */
const SHORT = 24;

const encoder = new TextEncoder();
const signs = (text: string): Uint8Array => encoder.encode(text);
const [S, N, B] = [signs('"S":'), signs('"N":'), signs('"B":')];
const [SS, NS, BS] = [signs('"SS":'), signs('"NS":'), signs('"BS":')];
const [M, L] = [signs('"M":'), signs('"L":')];
const [YES, NO, NOTHING] = [signs('"BOOL":true'), signs('"BOOL":false'), signs('"NULL":true')];
const [TRUE, FALSE, NULL] = [signs('true'), signs('false'), signs('null')];

/** Hears where a member of an item begins, when it was read. Says whether it is kept. */
export type MemberFilter = (from: JsonBytes, at: number) => boolean;

/**
 * Writes items in plain JSON, like `plainJson`, straight from the bytes of their typed JSON. Where that is written in
 * another way than programs write it, it throws, and does not say that it is wrong.
 */
export class PlainWriter {
  readonly #order = new MemberOrder();
  #piece = new Uint8Array(0);
  #end = 0;

  /**
   * The plain JSON of the item that is read next.
   *
   * @param longest how long the item may be, if that is known: a long item is then not written twice
   */
  write(from: JsonBytes, filter: MemberFilter, longest = 0): Uint8Array {
    const { at } = from;
    if (longest > PIECE_BYTES) this.#makePiece(2 * longest);
    for (;;) {
      const start = this.#end;
      this.#order.begin(from.bytes);
      this.#map(from, filter);
      // What does not fit is not written. To be brought into order, an item needs its own length besides.
      if (2 * this.#end - start <= this.#piece.length) return this.#piece.subarray(start, this.#end);
      this.#makePiece(Math.max(PIECE_BYTES, 2 * (from.at - at)));
      from.at = at;
    }
  }

  #makePiece(bytes: number): void {
    this.#piece = new Uint8Array(bytes);
    this.#end = 0;
  }

  #map(from: JsonBytes, filter?: MemberFilter): void {
    from.take(OPEN_OBJECT);
    this.#put(OPEN_OBJECT);
    const start = this.#end;
    const outer = this.#order.open();
    if (!from.takes(CLOSE_OBJECT)) {
      do this.#member(from, filter);
      while (from.goesOn(CLOSE_OBJECT));
    }
    this.#order.close(outer, this.#piece, start, this.#end);
    this.#close(start, CLOSE_OBJECT);
  }

  #member(from: JsonBytes, filter: MemberFilter | undefined): void {
    const start = this.#end;
    const nameAt = from.at;
    if (!from.string()) throw unusual();
    from.take(COLON);
    this.#copy(from.bytes, nameAt, from.at);
    this.#value(from);
    this.#put(COMMA);
    if (filter !== undefined && !filter(from, nameAt)) this.#end = start;
    // What is left out, too, so that a second one of that name is noticed.
    this.#order.add(nameAt, start, this.#end);
  }

  #value(from: JsonBytes): void {
    from.take(OPEN_OBJECT);
    if (from.takesAll(S) || from.takesAll(B)) this.#text(from);
    else if (from.takesAll(N)) this.#number(from);
    else if (from.takesAll(YES)) this.#copy(TRUE, 0, TRUE.length);
    else if (from.takesAll(NO)) this.#copy(FALSE, 0, FALSE.length);
    else if (from.takesAll(M)) this.#map(from);
    else if (from.takesAll(L)) this.#list(from, () => this.#value(from));
    else if (from.takesAll(NOTHING)) this.#copy(NULL, 0, NULL.length);
    else if (from.takesAll(SS) || from.takesAll(BS)) this.#list(from, () => this.#text(from));
    else if (from.takesAll(NS)) this.#list(from, () => this.#number(from));
    else throw unusual();
    from.take(CLOSE_OBJECT);
  }

  #list(from: JsonBytes, element: () => void): void {
    from.take(OPEN_ARRAY);
    this.#put(OPEN_ARRAY);
    const start = this.#end;
    if (!from.takes(CLOSE_ARRAY)) {
      do {
        element();
        this.#put(COMMA);
      } while (from.goesOn(CLOSE_ARRAY));
    }
    this.#close(start, CLOSE_ARRAY);
  }

  /** In place of the last comma, if there is any. */
  #close(start: number, sign: number): void {
    if (this.#end > start) this.#end -= 1;
    this.#put(sign);
  }

  #text(from: JsonBytes): void {
    const start = from.at;
    if (from.string()) this.#copy(from.bytes, start, from.at);
    else {
      const text: unknown = JSON.parse(from.text(start));
      const bytes = signs(JSON.stringify(text));
      this.#copy(bytes, 0, bytes.length);
    }
  }

  #number(from: JsonBytes): void {
    from.take(QUOTE);
    const start = from.at;
    from.number();
    this.#copy(from.bytes, start, from.at);
    from.take(QUOTE);
  }

  #put(sign: number): void {
    this.#piece[this.#end] = sign;
    this.#end += 1;
  }

  #copy(from: Uint8Array, start: number, end: number): void {
    const piece = this.#piece;
    const to = this.#end;
    const length = end - start;
    this.#end += length;
    if (length < SHORT)
      for (let index = 0; index < length; index += 1) piece[to + index] = from[start + index] ?? 0;
    else if (this.#end <= piece.length) piece.set(from.subarray(start, end), to);
  }
}
