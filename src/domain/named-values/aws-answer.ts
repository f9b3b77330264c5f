import { isObject, type JsonObject } from '../json/json-object.ts';

/**
 * The answer does not have the documented shape. Without a cause, because the message of a JSON parser quotes the text, which
 * contains secrets.
 */
export class UnreadableValueError extends Error {
  constructor() {
    super('the answer of AWS does not have the documented shape');
    this.name = 'UnreadableValueError';
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** @throws {UnreadableValueError} if `json` is not a JSON object, or its bytes are not UTF-8 */
export const parseAwsObject = (json: Uint8Array | string): JsonObject => {
  let value: unknown;
  try {
    value = JSON.parse(typeof json === 'string' ? json : decoder.decode(json));
  } catch {
    throw new UnreadableValueError();
  }
  return isObject(value) ? value : unreadable();
};

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isWholeNumber = (value: unknown): value is number => Number.isSafeInteger(value);
export const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean';
export const isNumber = (value: unknown): value is number => typeof value === 'number';

/** A check for an array whose elements all pass `isElement`. */
export const isListOf =
  <Element>(isElement: (value: unknown) => value is Element) =>
  (value: unknown): value is readonly Element[] =>
    Array.isArray(value) && value.every(isElement);

/**
 * Returns a member, or null if it is absent or null.
 *
 * @throws {UnreadableValueError} if it is of another type
 */
export const optional = <Value>(
  object: JsonObject,
  name: string,
  isValid: (value: unknown) => value is Value,
): Value | null => {
  const value = object[name] ?? null;
  if (value === null) return null;
  return isValid(value) ? value : unreadable();
};

/** Returns a member. @throws {UnreadableValueError} if it is absent or of another type */
export const required = <Value>(
  object: JsonObject,
  name: string,
  isValid: (value: unknown) => value is Value,
): Value => optional(object, name, isValid) ?? unreadable();

/** @throws {UnreadableValueError} if `text` is not canonical, padded base64 */
export const decodeBase64 = (text: string): Uint8Array => {
  let binary: string;
  try {
    binary = atob(text);
  } catch {
    return unreadable();
  }
  // `atob` also accepts white space and missing padding.
  if (btoa(binary) !== text) return unreadable();
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
};

export const unreadable = (): never => {
  throw new UnreadableValueError();
};
