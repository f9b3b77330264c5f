import { QUOTE, unusual } from './json-bytes.ts';

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
