import type { Writable } from 'node:stream';
import { types } from 'node:util';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { LogFields, Logger, LogLevel } from '../../ports/outbound/logger.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'none'];

/** Whether lines of `level` are written if the log level is `minimum`. */
const isLogged = (level: LogLevel, minimum: LogLevel): boolean =>
  LEVELS.indexOf(level) >= LEVELS.indexOf(minimum);

export interface JsonLoggerOptions {
  readonly output: Writable;
  readonly clock: Pick<Clock, 'now'>;
  /** Lines below this level are omitted; `none` disables logging. */
  readonly level: LogLevel;
  /** Of the program; the first line that is written carries it. */
  readonly version?: string;
}

/**
 * Writes one JSON object per line: `timestamp` (RFC 3339, UTC), `level` (in upper case, as Lambda's log filter expects),
 * `message`, in the first line `version`, then the fields. A field with one of these names gets a trailing underscore. Never throws.
 */
export class JsonLogger implements Logger {
  readonly #output: LineOutput;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #level: LogLevel;
  #firstLine: { readonly version?: string };

  constructor({ output, clock, level, version }: JsonLoggerOptions) {
    this.#output = new LineOutput(output);
    this.#clock = clock;
    this.#level = level;
    this.#firstLine = version === undefined ? {} : { version };
  }

  debug(message: string, fields?: LogFields): void {
    this.#log('debug', message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#log('info', message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#log('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#log('error', message, fields);
  }

  #log(level: LogLevel, message: string, fields: LogFields = {}): void {
    if (!isLogged(level, this.#level)) return;
    const head = {
      timestamp: new Date(this.#clock.now()).toISOString(),
      level: level.toUpperCase(),
      message,
      ...this.#firstLine,
    };
    this.#firstLine = {};
    this.#output.write(JSON.stringify({ ...head, ...withDistinctNames(head, jsonSafe(fields, [])) }));
  }
}

const withDistinctNames = (head: object, fields: unknown): object => {
  if (typeof fields !== 'object' || fields === null) return { fields };
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [Object.hasOwn(head, name) ? `${name}_` : name, value]),
  );
};

/** Objects below this depth are replaced by a placeholder. */
const MAX_DEPTH = 8;

/** The properties of an error that are copied. Other own properties are omitted. */
const ERROR_PROPERTIES = ['name', 'code', 'message', 'stack', 'cause', 'errors'] as const;

/**
 * Copies any value so that `JSON.stringify` accepts it: errors as objects with `name`, `code`, `message`, `stack`, `cause`
 * and `errors`; byte arrays as their length; big integers in decimal. Never throws: an unreadable value becomes a placeholder.
 *
 * @param path the objects that contain `value`, outermost first; used to detect cycles
 */
const jsonSafe = (value: unknown, path: readonly object[]): unknown => {
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
  if (Array.isArray(value)) return value.map((element) => jsonSafe(element, path));
  if (value instanceof Set) return Array.from(value, (element) => jsonSafe(element, path));
  if (value instanceof Map) return Array.from(value, (pair) => jsonSafe(pair, path));
  if ('toJSON' in value && typeof value.toJSON === 'function') return jsonSafe(value.toJSON(), path);
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
    return jsonSafe(Reflect.get(value, name), path);
  } catch {
    return '[unreadable]';
  }
};

const ignore = (): void => {};

/** Writes lines to a stream. Ignores write errors, because logging must not make a request fail. */
export class LineOutput {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    // A closed pipe emits an `error` event, and an `error` event without a listener ends the process.
    if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
  }

  /** Never throws. */
  write(line: string): void {
    try {
      this.#stream.write(`${line}\n`);
    } catch {
      // Ignored, like the `error` event.
    }
  }
}
