import { joined } from '../../cache/body-collector.ts';
import { isReadableBody, MAX_READABLE_BYTES } from '../../json/json-object.ts';
import { jsonStringEquals } from '../../json/json-scanner.ts';
import { CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from '../../json/json-signs.ts';
import { JsonSkipper } from '../../json/json-skipper.ts';
import type { NameSet } from '../model/projection.ts';

/** Bytes that are scanned without yielding. */
const SLICE_BYTES = 65_536;
/** No table name, key attribute or PartiQL statement is longer, even if every character is escaped. */
const MAX_KEPT_BYTES = 65_536;
/** The most pieces of an outline. An outline within the limits of `isReadableBody` has fewer. */
const MAX_PIECES = 32_768;

const encoder = new TextEncoder();
const [NULL, COMMA] = [encoder.encode('null'), encoder.encode(',')];
const [OPENING, CLOSING] = [encoder.encode('{'), encoder.encode('}')];
const [OPENING_LIST, CLOSING_LIST] = [encoder.encode('['), encoder.encode(']')];
const EMPTY = new Uint8Array(0);

/** What an outline keeps of a value. A value of another type is replaced by `null`. */
type Plan = 'string' | 'key' | ObjectPlan | ArrayPlan;

interface ObjectPlan {
  readonly members: ReadonlyMap<string, Plan>;
  /** The plan of all other members; if absent, they are omitted. */
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

/** The places where DynamoDB operations name tables and keys. */
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
 * Reduces a request body that is too large to parse to its table names and keys. Keeps members unchanged, including repeated
 * ones. Yields between slices of work.
 *
 * @param keyNames names of the key attributes of all tables
 * @returns a shorter request; empty if the body is not a JSON object, or if the outline is too large to parse, too
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
  /** Whether the innermost container is still empty. */
  #isFirst = true;

  constructor(body: Uint8Array, keyNames: NameSet) {
    this.#from = new JsonSkipper(body);
    this.#keyNames = keyNames;
  }

  get isObject(): boolean {
    return this.#from.peek() === OPEN_OBJECT;
  }

  /** @throws {SyntaxError} if more than one value follows, or the outline is too large */
  result(): Uint8Array {
    if (this.#from.peek() !== 0 || this.#from.at < this.#from.bytes.length) throw outlineTooLarge();
    const outline = joined(this.#kept);
    if (!isReadableBody(outline)) throw outlineTooLarge();
    return outline;
  }

  *write(plan: Plan): Generator<undefined, void> {
    const first = this.#from.peek();
    const start = this.#from.at;
    if (plan === 'key' && first === OPEN_OBJECT) yield* this.#writeKey();
    else if (plan === 'string' && first === QUOTE) {
      yield* this.#skip();
      const text = this.#from.bytes.subarray(start, this.#from.at);
      if (text.length > MAX_KEPT_BYTES) throw outlineTooLarge();
      this.#keep(text);
    } else if (typeof plan === 'object' && 'elements' in plan && first === OPEN_ARRAY) {
      yield* this.#writeArray(plan);
    } else if (typeof plan === 'object' && 'members' in plan && first === OPEN_OBJECT) {
      yield* this.#writeObject(plan);
    } else {
      yield* this.#skip();
      this.#keep(NULL);
    }
  }

  /** Writes the key attributes of an item. Allocates nothing for other attributes, which may be very many. */
  *#writeKey(): Generator<undefined, void> {
    const from = this.#from;
    this.#begin(OPENING);
    if (!from.tryByte(CLOSE_OBJECT)) {
      do {
        from.peek();
        const start = from.at;
        const isKept = this.#keyNames.has(from.bytes, start, from.skipName());
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
    if (!from.tryByte(CLOSE_OBJECT)) {
      do {
        from.peek();
        const start = from.at;
        const plan = this.#planIn(members, start, from.skipName()) ?? others;
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
    for (const [name, plan] of members)
      if (jsonStringEquals(this.#from.bytes, start + 1, end - 1, name)) return plan;
    return undefined;
  }

  *#writeArray({ elements }: ArrayPlan): Generator<undefined, void> {
    const from = this.#from;
    this.#begin(OPENING_LIST);
    if (!from.tryByte(CLOSE_ARRAY)) {
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

  #begin(opening: Uint8Array): void {
    this.#from.at += 1;
    this.#keep(opening);
    this.#isFirst = true;
  }

  #end(closing: Uint8Array): void {
    this.#keep(closing);
    this.#isFirst = false;
  }

  /** Writes a comma before every member or element but the first. */
  #separate(): void {
    if (!this.#isFirst) this.#keep(COMMA);
    this.#isFirst = false;
  }

  /** Keeps the scanned bytes from `start` on. @throws {SyntaxError} if they are too long */
  #keepPart(start: number): void {
    const part = this.#from.bytes.subarray(start, this.#from.at);
    if (part.length > MAX_KEPT_BYTES) throw outlineTooLarge();
    this.#separate();
    this.#keep(part);
  }

  #keep(piece: Uint8Array): void {
    this.#keptBytes += piece.length;
    if (this.#keptBytes > MAX_READABLE_BYTES || this.#kept.length >= MAX_PIECES) throw outlineTooLarge();
    this.#kept.push(piece);
  }
}

const outlineTooLarge = (): SyntaxError => new SyntaxError('the outline of the request is too large');
