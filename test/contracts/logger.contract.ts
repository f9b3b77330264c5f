import { describe, expect, it } from '@jest/globals';
import type { Logger } from '../../src/ports/outbound/logger.ts';

/** One line as the subject's reader sees it. */
export interface LoggedLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A logger under test that leaves no level out, and how to read what it wrote. */
export interface LoggerSubject {
  readonly name: string;
  readonly create: () => { logger: Logger; lines: () => readonly LoggedLine[] };
}

/** What every `Logger` promises. */
export const describeLogger = ({ name, create }: LoggerSubject): void => {
  describe(`${name} as a Logger`, () => {
    it('writes a line for each call, in order, with level, message and fields', () => {
      const { logger, lines } = create();
      logger.debug('one', { entries: 1 });
      logger.info('two', { table: 'Products' });
      logger.warn('three');
      logger.error('four', { retry: true });

      expect(lines()).toEqual([
        { level: 'debug', message: 'one', fields: { entries: 1 } },
        { level: 'info', message: 'two', fields: { table: 'Products' } },
        { level: 'warn', message: 'three', fields: {} },
        { level: 'error', message: 'four', fields: { retry: true } },
      ]);
    });

    it('takes any field there is without throwing', () => {
      const { logger, lines } = create();
      const circle: { self?: unknown } = {};
      circle.self = circle;
      const hostile = {
        get thrower(): never {
          throw new Error('no');
        },
      };
      const fields = {
        circle,
        hostile,
        big: 1n,
        symbol: Symbol('s'),
        error: new Error('e'),
        none: undefined,
      };

      expect(() => logger.error('odd', fields)).not.toThrow();
      expect(lines()).toHaveLength(1);
    });
  });
};
