import { EventEmitter } from 'node:events';
import { expect, it } from '@jest/globals';
import { surviveDefects } from '../../src/bootstrap/start.ts';
import { RecordingLogger } from '../support/fakes/recording-logger.ts';

it.each(['uncaughtException', 'unhandledRejection'])(
  'surviveDefects logs an %s once and keeps the process running',
  (event) => {
    const emitter = new EventEmitter();
    const logger = new RecordingLogger();
    surviveDefects(emitter, logger);
    const error = new Error('nobody foresaw it');

    emitter.emit(event, error);

    expect(logger.lines).toHaveLength(1);
    expect(logger.lines[0]).toMatchObject({ level: 'error', fields: { error } });
  },
);
