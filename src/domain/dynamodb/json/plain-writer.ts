import { type JsonBytes, unsupportedJson } from '../../json/json-bytes.ts';
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from '../../json/json-signs.ts';

/** Items share pieces of this size; a longer item gets its own piece. */
const PIECE_BYTES = 65_536;

/** Shorter ranges are copied byte by byte, because a call of `set` takes longer. */
const MIN_SET_BYTES = 24;

const encoder = new TextEncoder();
const encode = (text: string): Uint8Array => encoder.encode(text);
const [S, N, B] = [encode('"S":'), encode('"N":'), encode('"B":')];
const [SS, NS, BS] = [encode('"SS":'), encode('"NS":'), encode('"BS":')];
const [M, L] = [encode('"M":'), encode('"L":')];
const [BOOL_TRUE, BOOL_FALSE, NULL_TRUE] = [
  encode('"BOOL":true'),
  encode('"BOOL":false'),
  encode('"NULL":true'),
];
const [TRUE, FALSE, NULL] = [encode('true'), encode('false'), encode('null')];

/** Called after each member of an item with the index at which it begins; returns whether to keep the member. */
export type MemberFilter = (from: JsonBytes, at: number) => boolean;

/**
 * Writes items in plain JSON, like `plainJson`, directly from the bytes of their typed JSON. Throws a `SyntaxError`
 * (`unsupportedJson`) for typed JSON that is invalid or not compact.
 */
export class PlainWriter {
  readonly #order = new MemberOrder();
  #piece = new Uint8Array(0);
  #end = 0;

  /**
   * Reads one item and returns its plain JSON.
   *
   * @param maxItemBytes upper bound of the item's length, if known; it saves writing a long item twice
   */
  write(from: JsonBytes, filter: MemberFilter, maxItemBytes = 0): Uint8Array {
    const { at } = from;
    if (maxItemBytes > PIECE_BYTES) this.#makePiece(2 * maxItemBytes);
    for (;;) {
      const start = this.#end;
      this.#order.begin(from.bytes);
      this.#map(from, filter);
      // Writes beyond the piece are lost. Sorting the members needs free space of the item's own length.
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
    from.expect(OPEN_OBJECT);
    this.#put(OPEN_OBJECT);
    const start = this.#end;
    const outer = this.#order.open();
    if (!from.tryByte(CLOSE_OBJECT)) {
      do this.#member(from, filter);
      while (from.hasMore(CLOSE_OBJECT));
    }
    this.#order.close(outer, this.#piece, start, this.#end);
    this.#close(start, CLOSE_OBJECT);
  }

  #member(from: JsonBytes, filter: MemberFilter | undefined): void {
    const start = this.#end;
    const nameAt = from.at;
    if (!from.readString()) throw unsupportedJson();
    from.expect(COLON);
    this.#copy(from.bytes, nameAt, from.at);
    this.#value(from);
    this.#put(COMMA);
    if (filter !== undefined && !filter(from, nameAt)) this.#end = start;
    // Omitted members are added as well, so that duplicates of them are detected.
    this.#order.add(nameAt, start, this.#end);
  }

  #value(from: JsonBytes): void {
    from.expect(OPEN_OBJECT);
    if (from.tryBytes(S) || from.tryBytes(B)) this.#text(from);
    else if (from.tryBytes(N)) this.#number(from);
    else if (from.tryBytes(BOOL_TRUE)) this.#copy(TRUE, 0, TRUE.length);
    else if (from.tryBytes(BOOL_FALSE)) this.#copy(FALSE, 0, FALSE.length);
    else if (from.tryBytes(M)) this.#map(from);
    else if (from.tryBytes(L)) this.#list(from, () => this.#value(from));
    else if (from.tryBytes(NULL_TRUE)) this.#copy(NULL, 0, NULL.length);
    else if (from.tryBytes(SS) || from.tryBytes(BS)) this.#list(from, () => this.#text(from));
    else if (from.tryBytes(NS)) this.#list(from, () => this.#number(from));
    else throw unsupportedJson();
    from.expect(CLOSE_OBJECT);
  }

  #list(from: JsonBytes, element: () => void): void {
    from.expect(OPEN_ARRAY);
    this.#put(OPEN_ARRAY);
    const start = this.#end;
    if (!from.tryByte(CLOSE_ARRAY)) {
      do {
        element();
        this.#put(COMMA);
      } while (from.hasMore(CLOSE_ARRAY));
    }
    this.#close(start, CLOSE_ARRAY);
  }

  /** Overwrites the last comma, if the container is not empty. */
  #close(start: number, closing: number): void {
    if (this.#end > start) this.#end -= 1;
    this.#put(closing);
  }

  #text(from: JsonBytes): void {
    const start = from.at;
    if (from.readString()) this.#copy(from.bytes, start, from.at);
    else {
      const text: unknown = JSON.parse(from.textFrom(start));
      const bytes = encode(JSON.stringify(text));
      this.#copy(bytes, 0, bytes.length);
    }
  }

  #number(from: JsonBytes): void {
    from.expect(QUOTE);
    const start = from.at;
    from.readNumber();
    this.#copy(from.bytes, start, from.at);
    from.expect(QUOTE);
  }

  #put(byte: number): void {
    this.#piece[this.#end] = byte;
    this.#end += 1;
  }

  #copy(from: Uint8Array, start: number, end: number): void {
    const piece = this.#piece;
    const to = this.#end;
    const length = end - start;
    this.#end += length;
    if (length < MIN_SET_BYTES)
      for (let index = 0; index < length; index += 1) piece[to + index] = from[start + index] ?? 0;
    else if (this.#end <= piece.length) piece.set(from.subarray(start, end), to);
  }
}

/** Numbers stored for each member: the index of its name in the source, and the written range (start, end). */
const WIDTH = 3;

/** Further members of a large object are sorted when it closes, because inserting each of them would take too long. */
const MAX_INSERTED = 64 * WIDTH;

const PREFIX_BYTES = 6;

/** Sorts the members of nested objects by the UTF-8 bytes of their names. */
export class MemberOrder {
  #source: Uint8Array = new Uint8Array(0);
  /** Members of all open objects, `WIDTH` numbers each, in order. Numbers from `#end` on are unused. */
  readonly #members: number[] = [];
  /** Range of the innermost open object in `#members`. */
  #first = 0;
  #end = 0;

  /** @param source the bytes that contain the names */
  begin(source: Uint8Array): void {
    this.#source = source;
    this.#first = 0;
    this.#end = 0;
  }

  /** Opens an object; returns the value to pass to `close`. */
  open(): number {
    const outer = this.#first;
    this.#first = this.#end;
    return outer;
  }

  /** Adds a member written from `start` to `end`. Throws `unsupportedJson` for a duplicate name. */
  add(nameAt: number, start: number, end: number): void {
    const place = this.#end - this.#first < MAX_INSERTED ? this.#insertionIndex(nameAt) : this.#end;
    const members = this.#members;
    for (let at = this.#end - 1; at >= place; at -= 1) members[at + WIDTH] = members[at] ?? 0;
    members[place] = nameAt;
    members[place + 1] = start;
    members[place + 2] = end;
    this.#end += WIDTH;
  }

  /** Closes an object and sorts its members in `written`, from `start` to `end`. Overwrites as many bytes after `end`. */
  close(outer: number, written: Uint8Array, start: number, end: number): void {
    if (this.#end - this.#first > MAX_INSERTED) this.#sort();
    if (!this.#isWritten(start, end)) this.#rewrite(written, start, end);
    this.#end = this.#first;
    this.#first = outer;
  }

  /** Whether the members were written in order. Moving them would be repeated at every level of nesting. */
  #isWritten(start: number, end: number): boolean {
    let to = start;
    for (let at = this.#first; at < this.#end; at += WIDTH) {
      if (this.#members[at + 1] !== to) return false;
      to = this.#members[at + 2] ?? 0;
    }
    return to === end;
  }

  #rewrite(written: Uint8Array, start: number, end: number): void {
    let to = end;
    for (let at = this.#first; at < this.#end; at += WIDTH) {
      const from = this.#members[at + 1] ?? 0;
      const until = this.#members[at + 2] ?? 0;
      written.copyWithin(to, from, until);
      to += until - from;
    }
    written.copyWithin(start, end, to);
  }

  #sort(): void {
    const count = (this.#end - this.#first) / WIDTH;
    const members = this.#members.slice(this.#first, this.#end);
    const nameAt = (index: number): number => members[index * WIDTH] ?? 0;
    // Most names differ in their first bytes, which are compared as one number.
    const prefixes = Float64Array.from({ length: count }, (_, index) => this.#prefixOf(nameAt(index)));
    const compared = (left: number, right: number): number =>
      (prefixes[left] ?? 0) - (prefixes[right] ?? 0) || this.#compareNames(nameAt(left), nameAt(right));
    const inOrder = Array.from({ length: count }, (_, index) => index).sort(compared);
    for (let to = 0; to < count; to += 1) {
      const from = inOrder[to] ?? 0;
      if (to > 0 && compared(inOrder[to - 1] ?? 0, from) === 0) throw unsupportedJson();
      for (let offset = 0; offset < WIDTH; offset += 1) {
        this.#members[this.#first + to * WIDTH + offset] = members[from * WIDTH + offset] ?? 0;
      }
    }
  }

  /** The first bytes of a name as one number; six bytes fit exactly. */
  #prefixOf(nameAt: number): number {
    let prefix = 0;
    let isOver = false;
    for (let index = 1; index <= PREFIX_BYTES; index += 1) {
      const rank: number = isOver ? 0 : rankOf(this.#source[nameAt + index]);
      isOver = rank === 0;
      prefix = prefix * 256 + rank;
    }
    return prefix;
  }

  #insertionIndex(nameAt: number): number {
    let low = this.#first;
    let high = this.#end;
    // Compares with the last name first, because names often arrive in order.
    for (let middle = high - WIDTH; low < high; middle = low + WIDTH * Math.floor((high - low) / WIDTH / 2)) {
      const difference = this.#compareNames(this.#members[middle] ?? 0, nameAt);
      if (difference < 0) low = middle + WIDTH;
      else if (difference > 0) high = middle;
      else throw unsupportedJson();
    }
    return low;
  }

  #compareNames(leftAt: number, rightAt: number): number {
    const source = this.#source;
    for (let index = 1; ; index += 1) {
      const left = rankOf(source[leftAt + index]);
      const right = rankOf(source[rightAt + index]);
      if (left !== right || left === 0) return left - right;
    }
  }
}

/** The end of a name sorts before every other byte. */
const rankOf = (byte = QUOTE): number => (byte === QUOTE ? 0 : byte);
