import { describe, expect, it } from '@jest/globals';
import { FailureBackoff } from '../../../src/application/reading/failure-backoff.ts';
import type { EntryWriter } from '../../../src/application/storing/entry-writer.ts';
import type { TransientError } from '../../../src/domain/cache/errors.ts';
import {
  filledApplication,
  keyOf,
  keysOf,
  NO_CACHE,
  refused,
  textOf,
  throttled,
  unavailable,
} from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { RecordingLogger } from '../../support/fakes/recording-logger.ts';

const key = keyOf('k');

/** A backoff that learns of transient failures only, so that nothing is written. */
const create = () => {
  const clock = new FakeClock();
  const unused: Pick<EntryWriter, 'refuse'> = { refuse: () => undefined };
  const backoff = new FailureBackoff(unused, clock, new RecordingLogger());
  const fail = (keys = [key], error: TransientError = unavailable()) => backoff.failed(keys, error, 1, true);
  return { backoff, clock, fail };
};

describe('FailureBackoff', () => {
  it('knows a transient failure for one second', async () => {
    const { backoff, clock, fail } = create();
    const error = unavailable();
    fail([key], error);

    await clock.advance(999);
    expect(backoff.failureOf(key)).toBe(error);
    await clock.advance(1);
    expect(backoff.failureOf(key)).toBeUndefined();
  });

  it('keeps the failures of different keys apart', () => {
    const { backoff, fail } = create();
    fail();

    expect(backoff.failureOf(keyOf('k', 'Orders'))).toBeUndefined();
  });

  it('knows the last failure of a key', async () => {
    const { backoff, clock, fail } = create();
    const last = throttled();
    fail();
    await clock.advance(900);
    fail([key], last);
    await clock.advance(600);

    expect(backoff.failureOf(key)).toBe(last);
  });

  it('ends the backoff when the key was read', () => {
    const { backoff, fail } = create();
    fail();
    backoff.succeeded(key);

    expect(backoff.failureOf(key)).toBeUndefined();
  });

  it('ignores a failure in the future, which a step of the clock leaves', () => {
    const { backoff, clock, fail } = create();
    fail();
    clock.setWall(clock.now() - 1);

    expect(backoff.failureOf(key)).toBeUndefined();
  });

  it('keeps 4,096 keys, and drops the one that failed longest ago', () => {
    const { backoff, fail } = create();
    const keys = keysOf(5_000);
    for (const each of keys) fail([each]);
    const known = keys.map((each) => backoff.failureOf(each) !== undefined);

    expect(known.filter((is) => is)).toHaveLength(4_096);
    expect(known.slice(-4_096).every((is) => is)).toBe(true);
  });

  it('counts a key that failed again as the latest', () => {
    const { backoff, fail } = create();
    fail();
    for (const each of keysOf(4_095)) fail([each]);
    fail();
    fail([keyOf('one more')]);

    expect(backoff.failureOf(key)).toBeDefined();
    expect(backoff.failureOf(keyOf('k0'))).toBeUndefined();
  });
});

describe('the log of failed reads', () => {
  it('names a refused group and the reason once, and once more after a read has succeeded', async () => {
    const { read, source, logger } = await filledApplication();
    const logged = {
      level: 'warn',
      message: 'the source refuses a read',
      fields: { group: 'Products', reason: 'access denied' },
    };

    source.failWith(refused());
    for (let times = 3; times > 0; times -= 1)
      await expect(read(key, NO_CACHE)).rejects.toThrow('access denied');
    expect(logger.lines).toEqual([logged]);

    source.heal();
    await read(key, NO_CACHE);
    source.failWith(refused());
    await expect(read(key, NO_CACHE)).rejects.toThrow('access denied');
    expect(logger.lines).toEqual([logged, logged]);
  });

  it('names a group once for each of its keys that is refused while others are read', async () => {
    const { read, source, logger } = await filledApplication();
    for (const refusedKey of [key, key, keyOf('new'), key, keyOf('new')]) {
      source.failNext(refused());
      await expect(read(refusedKey, NO_CACHE)).rejects.toThrow('access denied');
      await read(keyOf('other'), NO_CACHE);
    }

    expect(logger.at('warn')).toHaveLength(2);
  });

  it('reports a defect of a background refresh, because no reader waits that would', async () => {
    const { singleFlight, source, logger } = await filledApplication();
    const error = new TypeError('a defect');
    source.failWith(error);
    await singleFlight.refresh(key);

    expect(logger.lines).toEqual([
      { level: 'error', message: 'a background refresh failed with a defect', fields: { error } },
    ]);
  });

  it('leaves a defect to the reader that waits for the key', async () => {
    const { read, source, logger } = await filledApplication();
    source.failWith(new TypeError('a defect'));
    await expect(read(key, NO_CACHE)).rejects.toThrow('a defect');

    expect(logger.lines).toEqual([]);
  });

  it('does not report a transient failure as a defect', async () => {
    const { singleFlight, source, logger } = await filledApplication();
    source.failWith(unavailable());
    await singleFlight.refresh(key);

    expect(logger.lines).toEqual([]);
  });
});

it('reads a key again at once after a defect', async () => {
  const { read, source, clock } = await filledApplication();
  await clock.advance(90_001);
  source.failNext(new TypeError('a defect'));
  await expect(read(key)).rejects.toThrow('a defect');

  expect(textOf(await read(key))).toBe('v2');
});
