/** The least weighty kind of line that is written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'none';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'none'];

/** Whether lines of `level` are written where `least` is set. */
export const isLogged = (level: LogLevel, least: LogLevel): boolean =>
  LEVELS.indexOf(level) >= LEVELS.indexOf(least);
