import type { Logger } from '../../ports/outbound/logger.ts';

/** Logs an error that is a defect of the program. */
export const logDefect = (thrown: unknown, logger: Logger): void => {
  const error = thrown instanceof Error ? thrown : new TypeError('the thrown value is not an Error');
  // The message may quote an item, so that only the stack frames are logged at this level.
  const stack = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  logger.error('a request failed with an unexpected error', { error: error.name, stack });
  logger.debug('message of the unexpected error', { message: error.message });
};
