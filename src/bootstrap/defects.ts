import type { Logger } from '../ports/outbound/logger.ts';

/** What is used of `process`. */
export interface DefectEmitter {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

/** Logs what nobody foresaw and goes on: an extension that ends takes the function's environment with it. */
export const surviveDefects = (emitter: DefectEmitter, logger: Logger): void => {
  emitter.on('uncaughtException', (error) => logger.error('a defect was met; serving goes on', { error }));
  emitter.on('unhandledRejection', (error) => logger.error('a defect was met; serving goes on', { error }));
};
