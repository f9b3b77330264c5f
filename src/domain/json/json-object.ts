import { BACKSLASH, COLON, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './json-signs.ts';

/** A parsed JSON object whose values are unchecked. */
export type JsonObject = { readonly [name: string]: unknown };

// Without ignoreBOM, the decoder would drop a byte order mark that DynamoDB sees.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a JSON object. Returns `undefined` if `bytes` are not UTF-8, not JSON or not an object, or if any object in them
 * repeats a member, because parsers disagree on which one counts.
 */
export const readObject = (bytes: Uint8Array): JsonObject | undefined => {
  try {
    const text = decoder.decode(bytes);
    const value: unknown = JSON.parse(text);
    return isObject(value) && countMembers(value) === countColons(text) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Whether a JSON value is an object, not an array. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether all members of `value` are among `names`. */
export const hasOnly = (value: JsonObject, names: ReadonlySet<string>): boolean =>
  Object.keys(value).every((name) => names.has(name));

/** Counts the members of all objects in `value`. Not recursive, because deep nesting could overflow the stack. */
const countMembers = (value: object): number => {
  let members = 0;
  const open: object[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const parts: readonly unknown[] = Object.values(next);
    if (!Array.isArray(next)) members += parts.length;
    for (const part of parts) if (typeof part === 'object' && part !== null) open.push(part);
  }
  return members;
};

/** Counts the colons outside strings. In valid JSON, every member has one. */
const countColons = (text: string): number => {
  let colons = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === COLON) colons += 1;
    else if (code === QUOTE) index = closingQuote(text, index);
  }
  return colons;
};

const closingQuote = (text: string, opening: number): number => {
  let quote = text.indexOf('"', opening + 1);
  while (isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote;
};

const isEscaped = (text: string, at: number): boolean => {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
};

/** A body of at most this size is parsed in about a millisecond, whatever it contains. */
const ALWAYS_READABLE_BYTES = 8_192;
/** No request needs more: 100 keys of the maximum length take 300 KB. */
export const MAX_READABLE_BYTES = 524_288;
/** The most containers, members and elements. A request for 100 keys has fewer than 1,000. */
const MAX_NODES = 4_096;

/**
 * Whether a request body can be parsed without blocking other requests for long. Limits its length and the number of its
 * containers, members and elements, which also limits its nesting.
 */
export const isReadableBody = (body: Uint8Array): boolean =>
  body.length <= ALWAYS_READABLE_BYTES ||
  (body.length <= MAX_READABLE_BYTES && hasAtMostNodes(body, MAX_NODES));

/** Whether JSON has at most `max` containers, members and elements. */
export const hasAtMostNodes = (body: Uint8Array, max: number): boolean => {
  let nodes = 0;
  for (let at = 0; at < body.length; at += 1) {
    const sign = body[at];
    if (sign === QUOTE) at = closingQuoteIn(body, at);
    else if (sign === OPEN_OBJECT || sign === OPEN_ARRAY || sign === COMMA) {
      nodes += 1;
      if (nodes > max) return false;
    }
  }
  return true;
};

const closingQuoteIn = (body: Uint8Array, opening: number): number => {
  let at = opening + 1;
  for (let sign = body[at]; sign !== QUOTE && at < body.length; sign = body[at]) {
    at += sign === BACKSLASH ? 2 : 1;
  }
  return at;
};
