/** Named values of a log line. Never an item's value, nor a key's value above `debug`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The least weighty kind of line that is written; with `none`, none is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'none';

/** Where the program tells its operators what happens. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
