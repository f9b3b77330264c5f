import { BACKSLASH, CLOSE_ARRAY, CLOSE_OBJECT, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './json-signs.ts';

/** A range of a text: from `start` up to, but not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A member of a JSON object. Its span reaches from the name to the end of the value. */
export interface Member extends Span {
  readonly name: string;
  readonly value: Span;
}

/**
 * Returns the members of the JSON object at `start`, in the order of the text. Finds only the ends of values: a caller
 * that needs valid JSON must parse them.
 *
 * @throws {SyntaxError} if no object begins at `start`
 */
export const membersOf = (text: string, start: number): readonly Member[] =>
  partsOf(text, start, '{', '}', (at) => memberAt(text, at));

/**
 * The text of each value of the JSON object in `bytes`, by name; undefined if they are no JSON object in UTF-8. Of a repeated
 * name the last one counts, as in `JSON.parse`.
 */
export const memberTexts = (bytes: Uint8Array): ReadonlyMap<string, string> | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // The scanner finds only the ends of values.
    JSON.parse(text);
    return textsOf(text, membersOf(text, skipSpace(text, 0)));
  } catch {
    return undefined;
  }
};

/** The text of the value of each member, by name. */
export const textsOf = (text: string, members: readonly Member[]): ReadonlyMap<string, string> =>
  new Map(members.map(({ name, value }) => [name, text.slice(value.start, value.end)]));

/**
 * Returns the elements of the JSON array at `start`; see `membersOf`.
 *
 * @throws {SyntaxError} if no array begins at `start`
 */
export const elementsOf = (text: string, start: number): readonly Span[] =>
  partsOf(text, start, '[', ']', (at) => ({ start: at, end: valueEnd(text, at) }));

/** The index of the first character from `at` on that is not white space. */
export const skipSpace = (text: string, at: number): number => {
  let index = at;
  for (let code = text.charCodeAt(index); isSpace(code); code = text.charCodeAt(index)) index += 1;
  return index;
};

/** The index after the JSON value at `start`. @throws {SyntaxError} if the value has no end */
export const valueEnd = (text: string, start: number): number => {
  const first = text.charAt(start);
  if (first === '"') return stringEnd(text, start);
  return first === '{' || first === '[' ? containerEnd(text, start) : scalarEnd(text, start);
};

const partsOf = <Part extends Span>(
  text: string,
  start: number,
  open: string,
  close: string,
  partAt: (at: number) => Part,
): readonly Part[] => {
  if (text.charAt(start) !== open) throw malformed(start);
  const parts: Part[] = [];
  let at = skipSpace(text, start + 1);
  if (text.charAt(at) === close) return parts;
  for (;;) {
    const part = partAt(at);
    parts.push(part);
    at = skipSpace(text, part.end);
    if (text.charAt(at) === close) return parts;
    if (text.charAt(at) !== ',') throw malformed(at);
    at = skipSpace(text, at + 1);
  }
};

const memberAt = (text: string, start: number): Member => {
  if (text.charCodeAt(start) !== QUOTE) throw malformed(start);
  const nameEnd = stringEnd(text, start);
  const colon = skipSpace(text, nameEnd);
  if (text.charAt(colon) !== ':') throw malformed(colon);
  const valueStart = skipSpace(text, colon + 1);
  const end = valueEnd(text, valueStart);
  const name: string = JSON.parse(text.slice(start, nameEnd));
  return { name, start, end, value: { start: valueStart, end } };
};

const stringEnd = (text: string, start: number): number => {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  throw malformed(start);
};

const containerEnd = (text: string, start: number): number => {
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = stringEnd(text, index) - 1;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth += 1;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      depth -= 1;
      if (depth === 0) return index + 1;
    }
  }
  throw malformed(start);
};

const scalarEnd = (text: string, start: number): number => {
  let index = start;
  while (index < text.length && !',]}'.includes(text.charAt(index)) && !isSpace(text.charCodeAt(index)))
    index += 1;
  if (index === start) throw malformed(start);
  return index;
};

/** Whether a sign, a byte or a UTF-16 unit, is white space. */
export const isSpace = (sign: number | undefined): boolean =>
  sign === 0x20 || sign === 0x0a || sign === 0x0d || sign === 0x09;

const malformed = (at: number): SyntaxError => new SyntaxError(`invalid JSON at position ${at}`);

const LETTER_U = 0x75;
/** UTF-8: bytes from 0x80 belong to multi-byte characters; 0xe0 begins those of three bytes, 0xf0 those of four. */
const TWO_BYTES = 0x80;
const THREE_BYTES = 0xe0;
const FOUR_BYTES = 0xf0;

/** The characters of the escapes that do not stand for their own letter. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  [...'bfnrt'].map((letter, index) => [letter.charCodeAt(0), '\b\f\n\r\t'.charCodeAt(index)]),
);

/**
 * Whether the JSON string from `start` to `end`, without its quotes, encodes `text`. Compares without decoding, so that it
 * allocates nothing. The string must be valid.
 */
export const jsonStringEquals = (json: Uint8Array, start: number, end: number, text: string): boolean => {
  let at = start;
  let index = 0;
  while (at < end && index < text.length) {
    const byte = json[at] ?? 0;
    let unit = text.codePointAt(index) ?? 0;
    if (byte === BACKSLASH) {
      // An escape encodes one UTF-16 unit, which may be half of a surrogate pair.
      unit = text.charCodeAt(index);
      if (escapedUnit(json, at) !== unit) return false;
      at += json[at + 1] === LETTER_U ? 6 : 2;
    } else {
      if (codePoint(json, at) !== unit) return false;
      at += lengthOf(byte);
    }
    index += unit > 0xffff ? 2 : 1;
  }
  return at === end && index === text.length;
};

const escapedUnit = (json: Uint8Array, at: number): number => {
  const letter = json[at + 1] ?? 0;
  if (letter !== LETTER_U) return ESCAPES.get(letter) ?? letter;
  let unit = 0;
  for (let index = at + 2; index < at + 6; index += 1) unit = unit * 16 + hexDigit(json[index] ?? 0);
  return unit;
};

/** Returns NaN if the byte is not a hexadecimal digit. */
const hexDigit = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
};

const lengthOf = (byte: number): number => {
  if (byte < TWO_BYTES) return 1;
  if (byte < THREE_BYTES) return 2;
  return byte < FOUR_BYTES ? 3 : 4;
};

const codePoint = (json: Uint8Array, at: number): number => {
  const byte = json[at] ?? 0;
  const length = lengthOf(byte);
  if (length === 1) return byte;
  let point = byte & (0x7f >> length);
  for (let index = 1; index < length; index += 1) point = point * 64 + ((json[at + index] ?? 0) & 0x3f);
  return point;
};
