import { types } from 'node:util';

/** Objects below this depth are replaced by a placeholder. */
const MAX_DEPTH = 8;

/** The properties of an error that are copied. Other own properties are omitted. */
const ERROR_PROPERTIES = ['name', 'code', 'message', 'stack', 'cause', 'errors'] as const;

/**
 * Copies any value so that `JSON.stringify` accepts it: errors as objects with `name`, `code`, `message`, `stack`, `cause`
 * and `errors`; byte arrays as their length; big integers in decimal. Never throws: an unreadable value becomes a placeholder.
 */
export const jsonSafe = (value: unknown): unknown => safeCopyOf(value, []);

/** @param path the objects that contain `value`, outermost first; used to detect cycles */
const safeCopyOf = (value: unknown, path: readonly object[]): unknown => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (path.includes(value)) return '[circular]';
  if (path.length === MAX_DEPTH) return '[deep]';
  try {
    return safeObjectCopy(value, [...path, value]);
  } catch {
    return '[unreadable]';
  }
};

const safeObjectCopy = (value: object, path: readonly object[]): unknown => {
  if (types.isNativeError(value) || value instanceof Error) return pick(value, ERROR_PROPERTIES, path);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.map((element) => safeCopyOf(element, path));
  if (value instanceof Set) return Array.from(value, (element) => safeCopyOf(element, path));
  if (value instanceof Map) return Array.from(value, (pair) => safeCopyOf(pair, path));
  if ('toJSON' in value && typeof value.toJSON === 'function') return safeCopyOf(value.toJSON(), path);
  return pick(value, Object.keys(value), path);
};

const pick = (value: object, names: readonly string[], path: readonly object[]): object =>
  Object.fromEntries(
    names
      .map((name) => [name, readProperty(value, name, path)])
      .filter(([, property]) => property !== undefined),
  );

const readProperty = (value: object, name: string, path: readonly object[]): unknown => {
  try {
    return safeCopyOf(Reflect.get(value, name), path);
  } catch {
    return '[unreadable]';
  }
};
