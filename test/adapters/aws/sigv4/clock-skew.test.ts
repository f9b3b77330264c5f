import { beforeEach, describe, expect, it } from '@jest/globals';
import { ClockSkew } from '../../../../src/adapters/aws/aws-client.ts';
import { signingTime } from '../../../../src/adapters/aws/sigv4/sigv4.ts';
import { FakeClock } from '../../../support/fakes/fake-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const YEAR_MS = 366 * 24 * HOUR_MS;

describe('ClockSkew', () => {
  let clock: FakeClock;
  let time: ClockSkew;

  beforeEach(() => {
    clock = new FakeClock();
    time = new ClockSkew(clock);
  });

  /** An answer that comes `tookMs` after it was asked for, from somebody whose clock is ahead of ours. */
  const learn = (aheadMs: number, tookMs = 0): void => {
    const askedAt = clock.now();
    clock.freeze(tookMs);
    time.learn(new Date(clock.now() + aheadMs).toUTCString(), askedAt);
  };
  const aheadMs = (): number => time.now() - clock.now();

  it('is that of our clock at first', () => {
    expect(aheadMs()).toBe(0);
  });

  it.each([HOUR_MS, -HOUR_MS, 4 * MINUTE_MS, -4 * MINUTE_MS])(
    'is that of the answers when they are %d ms ahead',
    (ms) => {
      learn(ms);

      expect(aheadMs()).toBe(ms);
    },
  );

  it.each([239_000, -239_000])(
    'is that of our clock when answers are %d ms ahead, which signatures survive',
    (ms) => {
      learn(ms);

      expect(aheadMs()).toBe(0);
    },
  );

  it('goes on with our clock', () => {
    learn(HOUR_MS);
    clock.freeze(MINUTE_MS);

    expect(time.now()).toBe(FakeClock.START + HOUR_MS + MINUTE_MS);
  });

  it('is that of our clock again when an answer shows that it was put right', () => {
    learn(HOUR_MS);
    clock.setWall(clock.now() + HOUR_MS);
    learn(0);

    expect(aheadMs()).toBe(0);
  });

  it.each([
    undefined,
    '',
    'yesterday',
    '+275760-09-13T00:00:00.000Z',
    '2026-01-01T09:00:00.000Z',
    'Thursday, 01-Jan-26 09:00:00 GMT',
    'Thu Jan  1 09:00:00 2026',
    'Thu, 01 Jan 2026 09:00:00 +0000',
    'Thu, 01 Jan 2026 99:00:00 GMT',
    ' Thu, 01 Jan 2026 09:00:00 GMT, Thu, 01 Jan 2026 09:00:00 GMT',
    'Fri, 31 Dec 1999 23:59:59 GMT',
    'Sat, 01 Jan 10000 00:00:00 GMT',
  ])('is not moved by the date %j', (date) => {
    learn(HOUR_MS);
    time.learn(date, clock.now());

    expect(aheadMs()).toBe(HOUR_MS);
  });

  it('is not moved by an answer that was a minute and more on its way, as in a freeze', () => {
    learn(-HOUR_MS, MINUTE_MS + 1000);
    expect(aheadMs()).toBe(0);

    learn(-HOUR_MS, MINUTE_MS);
    expect(aheadMs()).toBe(-HOUR_MS);
  });

  it('is not moved by an answer over which our clock went back', () => {
    learn(HOUR_MS, -1);

    expect(aheadMs()).toBe(0);
  });

  it.each([
    ['Sat, 01 Jan 2000 00:00:00 GMT', -9 * YEAR_MS, '20000101T000000Z'],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 9 * YEAR_MS, '99991231T235959Z'],
    ['Fri, 31 Dec 9999 23:59:59 GMT', Number.MAX_SAFE_INTEGER, '99991231T235959Z'],
  ])('after the date %j can be signed, wherever our clock goes', (date, movedMs, signed) => {
    time.learn(date, clock.now());
    expect(new Date(time.now()).toUTCString()).toBe(date);
    clock.setWall(clock.now() + movedMs);

    expect(signingTime(time.now())).toBe(signed);
  });
});
