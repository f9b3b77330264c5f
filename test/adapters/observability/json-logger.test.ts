import { Writable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { JsonLogger } from '../../../src/adapters/observability/json-logger.ts';
import type { LogLevel } from '../../../src/ports/outbound/logger.ts';
import { LineCollector } from '../../contracts/logger-line-collector.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const loggerTo = (output: Writable, level: LogLevel = 'debug', clock = new FakeClock()) =>
  new JsonLogger({ output, clock, level });

const logged = (fields: Record<string, unknown>): Record<string, unknown> => {
  const output = new LineCollector();
  loggerTo(output).info('m', fields);
  const [line] = output.objects();
  if (line === undefined) throw new Error('nothing was written');
  return line;
};

describe('JsonLogger', () => {
  it('writes timestamp, level, message and the fields, in this order, on one line', () => {
    const output = new LineCollector();
    loggerTo(output).warn('two\nlines', { table: 'Products' });

    expect(output.text).toBe(
      '{"timestamp":"2026-01-01T00:00:00.000Z","level":"WARN","message":"two\\nlines","table":"Products"}\n',
    );
  });

  it('names the version in the first line that it writes, and in no other', () => {
    const output = new LineCollector();
    const clock = new FakeClock();
    const logger = new JsonLogger({ output, clock, level: 'warn', version: '1.2.3' });
    logger.info('too low to be written');
    logger.warn('first', { version: 'of something else' });
    logger.warn('second', { version: 'of something else' });

    expect(output.objects()).toEqual([
      expect.objectContaining({ message: 'first', version: '1.2.3', version_: 'of something else' }),
      expect.objectContaining({ message: 'second', version: 'of something else' }),
    ]);
  });

  it.each<[LogLevel, string[]]>([
    ['debug', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
    ['info', ['INFO', 'WARN', 'ERROR']],
    ['warn', ['WARN', 'ERROR']],
    ['error', ['ERROR']],
    ['none', []],
  ])('at level %s writes %j', (level, written) => {
    const output = new LineCollector();
    const logger = loggerTo(output, level);
    logger.debug('m');
    logger.info('m');
    logger.warn('m');
    logger.error('m');

    expect(output.objects().map((line) => line.level)).toEqual(written);
  });

  it('lets no field pass for the timestamp, the level or the message', () => {
    const line = logged({ level: 'FATAL', message: 'other', timestamp: 'never' });

    expect(line).toMatchObject({ level: 'INFO', message: 'm', timestamp: '2026-01-01T00:00:00.000Z' });
    expect(line).toMatchObject({ level_: 'FATAL', message_: 'other', timestamp_: 'never' });
  });

  it('shows an error with name, code, message, stack and causes', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'ECONNRESET' });
    const { error } = logged({ error: new RangeError('outer', { cause }) });

    expect(error).toEqual({
      name: 'RangeError',
      message: 'outer',
      stack: expect.stringContaining('RangeError: outer'),
      cause: {
        name: 'TypeError',
        code: 'ECONNRESET',
        message: 'inner',
        stack: expect.stringContaining('TypeError: inner'),
      },
    });
  });

  it('shows the errors that an AggregateError collects', () => {
    const { error } = logged({ error: new AggregateError([new Error('::1'), new Error('127.0.0.1')]) });

    expect(error).toMatchObject({ errors: [{ message: '::1' }, { message: '127.0.0.1' }] });
  });

  it('shows bytes by their number only', () => {
    expect(logged({ body: new TextEncoder().encode('secret') })).toMatchObject({ body: '[6 bytes]' });
  });

  it('converts values that JSON cannot represent', () => {
    const fields = {
      big: 12345678901234567890n,
      nan: Number.NaN,
      symbol: Symbol('s'),
      callback: () => {},
      date: new Date(0),
      noDate: new Date(Number.NaN),
      set: new Set([1n]),
      map: new Map([['a', 1n]]),
      url: new URL('http://localhost:4000/'),
      nothing: null,
      missing: undefined,
    };

    const { timestamp, level, message, ...shown } = logged(fields);
    expect(shown).toEqual({
      big: '12345678901234567890',
      nan: 'NaN',
      symbol: 'Symbol(s)',
      callback: '[function]',
      date: '1970-01-01T00:00:00.000Z',
      noDate: 'Invalid Date',
      set: ['1'],
      map: [['a', '1']],
      url: 'http://localhost:4000/',
      nothing: null,
    });
  });

  it('cuts a cycle where it closes, and repeats a value that occurs twice', () => {
    const shared = { n: 1 };
    const circle: Record<string, unknown> = { one: shared, two: shared };
    circle.self = circle;

    expect(logged({ circle })).toMatchObject({
      circle: { one: { n: 1 }, two: { n: 1 }, self: '[circular]' },
    });
  });

  it('ends an endless depth', () => {
    const endless = (): object => ({
      get deeper() {
        return endless();
      },
    });

    expect(JSON.stringify(logged({ endless: endless() }))).toContain('"deeper":"[deep]"');
  });

  it('marks properties and objects that cannot be read', () => {
    const thrower = {
      readable: 1,
      get broken(): never {
        throw new Error('no');
      },
    };
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const liar = {
      toJSON: () => {
        throw new Error('no');
      },
    };

    expect(logged({ thrower, proxy, liar })).toMatchObject({
      thrower: { readable: 1, broken: '[unreadable]' },
      proxy: '[unreadable]',
      liar: '[unreadable]',
    });
  });

  it('does not throw when the stream does', () => {
    const output = new LineCollector();
    output.write = () => {
      throw new Error('closed');
    };

    expect(() => loggerTo(output).error('m')).not.toThrow();
  });

  it('survives a stream whose reader has gone', async () => {
    const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const closed = new Promise((resolve) => output.once('close', resolve));
    const logger = loggerTo(output);
    logger.error('one');
    await closed;

    expect(() => logger.error('two')).not.toThrow();
    expect(output.errored?.message).toBe('EPIPE');
  });
});
