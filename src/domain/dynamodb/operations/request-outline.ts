import { CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from '../json/json-bytes.ts';
import { saysText } from '../json/json-scanner.ts';
import { JsonSkipper } from '../json/json-skipper.ts';
import { isReadableBody, MAX_READABLE_BYTES } from '../json/wire-json.ts';
import type { NameSet } from '../model/projection.ts';

/** Bytes that are scanned at a time. */
const SLICE_BYTES = 65_536;
/** No name of a table, key attribute or PartiQL statement is longer, even if every character is escaped. */
const MAX_KEPT_BYTES = 65_536;
/** Of an outline; one that can be read consists of fewer. */
const MAX_PIECES = 32_768;

const encoder = new TextEncoder();
const [NULL, COMMA] = [encoder.encode('null'), encoder.encode(',')];
const [OPENING, CLOSING] = [encoder.encode('{'), encoder.encode('}')];
const [OPENING_LIST, CLOSING_LIST] = [encoder.encode('['), encoder.encode(']')];
const EMPTY = new Uint8Array(0);

/** What is kept of a value; `null` is written in place of a value of another type. */
type Plan = 'string' | 'key' | ObjectPlan | ArrayPlan;

interface ObjectPlan {
  readonly members: ReadonlyMap<string, Plan>;
  /** For all other members; if absent, these are left out. */
  readonly others?: Plan;
}

interface ArrayPlan {
  readonly elements: Plan;
}

const object = (members: Readonly<Record<string, Plan>>, others?: Plan): ObjectPlan => ({
  members: new Map(Object.entries(members)),
  ...(others === undefined ? {} : { others }),
});

const KEYED = object({ TableName: 'string', Item: 'key', Key: 'key' });
const STATEMENTS = { elements: object({ Statement: 'string' }) };

/** Where the operations of DynamoDB name tables and keys. */
const REQUEST = object(
  {
    Item: 'key',
    Key: 'key',
    RequestItems: object({}, { elements: object({}, KEYED) }),
    TransactItems: { elements: object({}, KEYED) },
    Statements: STATEMENTS,
    TransactStatements: STATEMENTS,
  },
  'string',
);

/**
 * Reduces the request of an operation to what names tables and keys, for bodies that are too large to be parsed. Members are
 * kept as they are written, repeated ones included. Yields between slices of its work.
 *
 * @param keyNames of the key attributes of all tables
 * @returns a shorter request; empty if the body is no JSON object, or if what is kept is itself too large to be parsed
 */
export function* outlineOf(body: Uint8Array, keyNames: NameSet): Generator<undefined, Uint8Array> {
  const outline = new Outline(body, keyNames);
  try {
    if (!outline.isObject) return EMPTY;
    yield* outline.write(REQUEST);
    return outline.result();
  } catch (error) {
    if (error instanceof SyntaxError) return EMPTY;
    throw error;
  }
}

class Outline {
  readonly #from: JsonSkipper;
  readonly #keyNames: NameSet;
  readonly #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #sliceEnd = SLICE_BYTES;
  /** Whether nothing was written in the innermost container yet. */
  #isFirst = true;

  constructor(body: Uint8Array, keyNames: NameSet) {
    this.#from = new JsonSkipper(body);
    this.#keyNames = keyNames;
  }

  get isObject(): boolean {
    return this.#from.peek() === OPEN_OBJECT;
  }

  /** @throws {SyntaxError} if more follows than one value, or too much was kept */
  result(): Uint8Array {
    if (this.#from.peek() !== 0 || this.#from.at < this.#from.bytes.length) throw tooLarge();
    const outline = new Uint8Array(this.#keptBytes);
    let at = 0;
    for (const piece of this.#kept) {
      outline.set(piece, at);
      at += piece.length;
    }
    if (!isReadableBody(outline)) throw tooLarge();
    return outline;
  }

  *write(plan: Plan): Generator<undefined, void> {
    const sign = this.#from.peek();
    const start = this.#from.at;
    if (plan === 'key' && sign === OPEN_OBJECT) yield* this.#writeKey();
    else if (plan === 'string' && sign === QUOTE) {
      yield* this.#skip();
      const text = this.#from.bytes.subarray(start, this.#from.at);
      if (text.length > MAX_KEPT_BYTES) throw tooLarge();
      this.#keep(text);
    } else if (typeof plan === 'object' && 'elements' in plan && sign === OPEN_ARRAY) {
      yield* this.#writeArray(plan);
    } else if (typeof plan === 'object' && 'members' in plan && sign === OPEN_OBJECT) {
      yield* this.#writeObject(plan);
    } else {
      yield* this.#skip();
      this.#keep(NULL);
    }
  }

  /** Writes the key attributes of an item. An item may have very many others: nothing is made for these. */
  *#writeKey(): Generator<undefined, void> {
    const from = this.#from;
    this.#begin(OPENING);
    if (!from.takes(CLOSE_OBJECT)) {
      do {
        from.peek();
        const start = from.at;
        const isKept = this.#keyNames.has(from.bytes, start, from.name());
        while (!from.skip(this.#sliceEnd)) yield this.#nextSlice();
        if (from.at > this.#sliceEnd) yield this.#nextSlice();
        if (isKept) this.#keepPart(start);
      } while (from.hasMore(CLOSE_OBJECT));
    }
    this.#end(CLOSING);
  }

  *#writeObject({ members, others }: ObjectPlan): Generator<undefined, void> {
    const from = this.#from;
    this.#begin(OPENING);
    if (!from.takes(CLOSE_OBJECT)) {
      do {
        from.peek();
        const start = from.at;
        const plan = this.#planIn(members, start, from.name()) ?? others;
        if (plan === undefined) yield* this.#skip();
        else {
          this.#separate();
          this.#keep(from.bytes.subarray(start, from.at));
          yield* this.write(plan);
        }
      } while (from.hasMore(CLOSE_OBJECT));
    }
    this.#end(CLOSING);
  }

  #planIn(members: ReadonlyMap<string, Plan>, start: number, end: number): Plan | undefined {
    for (const [name, plan] of members) if (saysText(this.#from.bytes, start + 1, end - 1, name)) return plan;
    return undefined;
  }

  *#writeArray({ elements }: ArrayPlan): Generator<undefined, void> {
    const from = this.#from;
    this.#begin(OPENING_LIST);
    if (!from.takes(CLOSE_ARRAY)) {
      do {
        this.#separate();
        yield* this.write(elements);
      } while (from.hasMore(CLOSE_ARRAY));
    }
    this.#end(CLOSING_LIST);
  }

  *#skip(): Generator<undefined, void> {
    while (!this.#from.skip(this.#sliceEnd)) yield this.#nextSlice();
    if (this.#from.at > this.#sliceEnd) yield this.#nextSlice();
  }

  #nextSlice(): undefined {
    this.#sliceEnd = this.#from.at + SLICE_BYTES;
  }

  #begin(sign: Uint8Array): void {
    this.#from.at += 1;
    this.#keep(sign);
    this.#isFirst = true;
  }

  #end(sign: Uint8Array): void {
    this.#keep(sign);
    this.#isFirst = false;
  }

  /** Before a member or an element. */
  #separate(): void {
    if (!this.#isFirst) this.#keep(COMMA);
    this.#isFirst = false;
  }

  /** Keeps what was scanned from `start` on. @throws {SyntaxError} if that is too long */
  #keepPart(start: number): void {
    const part = this.#from.bytes.subarray(start, this.#from.at);
    if (part.length > MAX_KEPT_BYTES) throw tooLarge();
    this.#separate();
    this.#keep(part);
  }

  #keep(piece: Uint8Array): void {
    this.#keptBytes += piece.length;
    if (this.#keptBytes > MAX_READABLE_BYTES || this.#kept.length >= MAX_PIECES) throw tooLarge();
    this.#kept.push(piece);
  }
}

const tooLarge = (): SyntaxError => new SyntaxError('a request with too much in it');
