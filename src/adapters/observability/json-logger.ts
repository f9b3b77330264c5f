import type { Writable } from 'node:stream';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { LogFields, Logger, LogLevel } from '../../ports/outbound/logger.ts';
import { jsonSafe } from './json-safe.ts';
import { LineOutput } from './line-output.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'none'];

/** Whether lines of `level` are written where `least` is set. */
export const isLogged = (level: LogLevel, least: LogLevel): boolean =>
  LEVELS.indexOf(level) >= LEVELS.indexOf(least);

/** What a `JsonLogger` needs. */
export interface JsonLoggerOptions {
  readonly output: Writable;
  readonly clock: Clock;
  /** Lines below this level are left out; with `none`, all. */
  readonly level: LogLevel;
}

/**
 * Writes one JSON object a line, with `timestamp` (RFC 3339, UTC), `level` (in capitals, as Lambda's own log filter
 * has them) and `message`, then the fields; a field with one of those names gets an underscore behind it. Never throws.
 */
export class JsonLogger implements Logger {
  readonly #output: LineOutput;
  readonly #clock: Clock;
  readonly #level: LogLevel;

  constructor({ output, clock, level }: JsonLoggerOptions) {
    this.#output = new LineOutput(output);
    this.#clock = clock;
    this.#level = level;
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
    };
    this.#output.write(JSON.stringify({ ...head, ...namedApartFrom(head, jsonSafe(fields)) }));
  }
}

const namedApartFrom = (head: object, fields: unknown): object => {
  if (typeof fields !== 'object' || fields === null) return { fields };
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [Object.hasOwn(head, name) ? `${name}_` : name, value]),
  );
};
