/** Named values of a log line. Never an item's value, nor a key's value above `debug`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The lowest level that is written; `none` disables logging. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'none';

/** Outbound: the log for operators. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
