import { types } from 'node:util';

/** Deeper than this, a value is only named. */
const MAX_DEPTH = 8;

/** Properties of an error that are shown, its own others included. */
const ERROR_PROPERTIES = ['name', 'code', 'message', 'stack', 'cause', 'errors'] as const;

/**
 * A likeness of any value that `JSON.stringify` takes: errors as objects with `name`, `code`, `message`, `stack` and
 * `cause`; bytes as their number; big integers in decimal. Never throws: what cannot be read is said to be so.
 */
export const jsonSafe = (value: unknown): unknown => likenessOf(value, []);

/** `path` holds the objects that `value` was found in, from the outermost. */
const likenessOf = (value: unknown, path: readonly object[]): unknown => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (path.includes(value)) return '[circular]';
  if (path.length === MAX_DEPTH) return '[deep]';
  try {
    return objectLikeness(value, [...path, value]);
  } catch {
    return '[unreadable]';
  }
};

const objectLikeness = (value: object, path: readonly object[]): unknown => {
  if (types.isNativeError(value) || value instanceof Error) return pick(value, ERROR_PROPERTIES, path);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((element) => likenessOf(element, path));
  if (value instanceof Set) return Array.from(value, (element) => likenessOf(element, path));
  if (value instanceof Map) return Array.from(value, (pair) => likenessOf(pair, path));
  if ('toJSON' in value && typeof value.toJSON === 'function') return likenessOf(value.toJSON(), path);
  return pick(value, Object.keys(value), path);
};

const pick = (value: object, names: readonly string[], path: readonly object[]): object =>
  Object.fromEntries(
    names.map((name) => [name, read(value, name, path)]).filter(([, property]) => property !== undefined),
  );

const read = (value: object, name: string, path: readonly object[]): unknown => {
  try {
    return likenessOf(Reflect.get(value, name), path);
  } catch {
    return '[unreadable]';
  }
};
