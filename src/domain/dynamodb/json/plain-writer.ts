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

/** What is kept of a member: where its name is read, and where it was written from and to. */
const WIDTH = 3;

/** Of an object with more members, those that follow are sorted together when it closes: to insert each takes too long. */
const MAX_INSERTED = 64 * WIDTH;

const PREFIX_BYTES = 6;

/** Brings the members of objects, one within the other, into the order of the UTF-8 bytes of their names. */
export class MemberOrder {
  #source: Uint8Array = new Uint8Array(0);
  /** Of all objects that are open, `WIDTH` numbers each, in order. What follows after `#end` is left over. */
  readonly #members: number[] = [];
  /** Of the innermost object that is open. */
  #first = 0;
  #end = 0;

  /** @param source where names are read */
  begin(source: Uint8Array): void {
    this.#source = source;
    this.#first = 0;
    this.#end = 0;
  }

  /** Opens an object; returns what it must be closed with. */
  open(): number {
    const outer = this.#first;
    this.#first = this.#end;
    return outer;
  }

  /** Adds a member that was written from `start` to `end`. Throws if there is one of that name already. */
  add(nameAt: number, start: number, end: number): void {
    const place = this.#end - this.#first < MAX_INSERTED ? this.#placeOf(nameAt) : this.#end;
    const members = this.#members;
    for (let at = this.#end - 1; at >= place; at -= 1) members[at + WIDTH] = members[at] ?? 0;
    members[place] = nameAt;
    members[place + 1] = start;
    members[place + 2] = end;
    this.#end += WIDTH;
  }

  /** Closes an object whose members lie in `written` from `start` to `end`. As much room after it is overwritten. */
  close(outer: number, written: Uint8Array, start: number, end: number): void {
    if (this.#end - this.#first > MAX_INSERTED) this.#sort();
    if (!this.#isWritten(start, end)) this.#rewrite(written, start, end);
    this.#end = this.#first;
    this.#first = outer;
  }

  /** Whether the members were written in order: then nothing has to be moved, which objects within objects would be again and again. */
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
    // Most names differ in their first bytes, which compare as one number.
    const prefixes = Float64Array.from({ length: count }, (_, index) => this.#prefixOf(nameAt(index)));
    const compared = (left: number, right: number): number =>
      (prefixes[left] ?? 0) - (prefixes[right] ?? 0) || this.#compared(nameAt(left), nameAt(right));
    const inOrder = Array.from({ length: count }, (_, index) => index).sort(compared);
    for (let to = 0; to < count; to += 1) {
      const from = inOrder[to] ?? 0;
      if (to > 0 && compared(inOrder[to - 1] ?? 0, from) === 0) throw unusual();
      for (let offset = 0; offset < WIDTH; offset += 1) {
        this.#members[this.#first + to * WIDTH + offset] = members[from * WIDTH + offset] ?? 0;
      }
    }
  }

  /** The first bytes of a name, as many as a number holds exactly. */
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

  #placeOf(nameAt: number): number {
    let low = this.#first;
    let high = this.#end;
    // The last one first: names may come in order.
    for (let middle = high - WIDTH; low < high; middle = low + WIDTH * Math.floor((high - low) / WIDTH / 2)) {
      const difference = this.#compared(this.#members[middle] ?? 0, nameAt);
      if (difference < 0) low = middle + WIDTH;
      else if (difference > 0) high = middle;
      else throw unusual();
    }
    return low;
  }

  #compared(leftAt: number, rightAt: number): number {
    const source = this.#source;
    for (let index = 1; ; index += 1) {
      const left = rankOf(source[leftAt + index]);
      const right = rankOf(source[rightAt + index]);
      if (left !== right || left === 0) return left - right;
    }
  }
}

/** The end of a name is less than all that may stand in it. */
const rankOf = (sign = QUOTE): number => (sign === QUOTE ? 0 : sign);
