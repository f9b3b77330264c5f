import type { Writable } from 'node:stream';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { LogFields, Logger, LogLevel } from '../../ports/outbound/logger.ts';
import { jsonSafe } from './json-safe.ts';
import { LineOutput } from './line-output.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'none'];

/** Whether lines of `level` are written if the log level is `minimum`. */
export const isLogged = (level: LogLevel, minimum: LogLevel): boolean =>
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
    this.#output.write(JSON.stringify({ ...head, ...withDistinctNames(head, jsonSafe(fields)) }));
  }
}

const withDistinctNames = (head: object, fields: unknown): object => {
  if (typeof fields !== 'object' || fields === null) return { fields };
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [Object.hasOwn(head, name) ? `${name}_` : name, value]),
  );
};
