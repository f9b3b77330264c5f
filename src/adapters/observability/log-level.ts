import type { LogLevel } from '../../ports/outbound/logger.ts';

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'none'];

/** Whether lines of `level` are written where `least` is set. */
export const isLogged = (level: LogLevel, least: LogLevel): boolean =>
  LEVELS.indexOf(level) >= LEVELS.indexOf(least);
