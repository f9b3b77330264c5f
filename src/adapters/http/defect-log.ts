import type { Logger } from '../../ports/outbound/logger.ts';

/** Logs an error that is a defect of the program. */
export const logDefect = (thrown: unknown, logger: Logger): void => {
  const error = thrown instanceof Error ? thrown : new TypeError('the thrown value is not an Error');
  // The message may quote an item or a secret, so that only the stack frames are logged.
  const stack = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  logger.error('a request failed with an unexpected error', { error: error.name, stack });
};
