import { describe, expect, it } from '@jest/globals';
import { RecentWrites } from '../../../src/application/storing/recent-writes.ts';
import { ElapsedTime } from '../../../src/application/time/elapsed-time.ts';
import { keyOf } from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const WINDOW_MS = 1_000;
const [a, b, c] = [keyOf('a'), keyOf('b'), keyOf('c')];
const elsewhere = keyOf('a', 'Others');

const withMarks = (keys = 10) => {
  const clock = new FakeClock();
  const elapsed = new ElapsedTime(clock);
  const marks = new RecentWrites(elapsed, { windowMs: WINDOW_MS, keys });
  const write = (key = a) => marks.begin({ group: key.group, key });
  return { clock, elapsed, marks, write };
};

describe('RecentWrites', () => {
  it('know nothing of what was never written', () => {
    const { marks, elapsed } = withMarks();

    expect(marks.isRecent(a)).toBe(false);
    expect(marks.isGroupRecent('Products')).toBe(false);
    expect(marks.mayBeStale(a, elapsed.now())).toBe(false);
  });

  it('hold a key for recent from the beginning of a write to the end of the window after it', () => {
    const { marks, clock, write } = withMarks();
    const end = write();
    clock.freeze(10 * WINDOW_MS);

    expect(marks.isRecent(a)).toBe(true);
    expect(marks.isGroupRecent('Products')).toBe(true);
    expect(marks.isRecent(b)).toBe(false);
    expect(marks.isRecent(elsewhere)).toBe(false);
    end('known');
    clock.freeze(WINDOW_MS - 1);
    expect(marks.isRecent(a)).toBe(true);
    clock.freeze(1);
    expect(marks.isRecent(a)).toBe(false);
    expect(marks.isGroupRecent('Products')).toBe(false);
  });

  it('count writes that go on at the same time', () => {
    const { marks, elapsed, clock, write } = withMarks();
    const ends = [write(), write()];
    ends[0]?.('known');
    clock.freeze(WINDOW_MS);

    expect(marks.isRecent(a)).toBe(true);
    expect(marks.mayBeStale(a, elapsed.now())).toBe(true);
    ends[1]?.('known');
    expect(marks.mayBeStale(a, elapsed.now())).toBe(false);
  });

  it('doubt what was asked within the window after a write of unknown outcome, whenever it is answered', () => {
    const { marks, elapsed, clock, write } = withMarks();
    write()('unknown');
    const askedAt = elapsed.now() + WINDOW_MS - 1;
    clock.freeze(2 * WINDOW_MS);

    expect(marks.mayBeStale(a, askedAt)).toBe(true);
    expect(marks.mayBeStale(a, askedAt + 1)).toBe(false);
    expect(marks.mayBeStale(b, askedAt)).toBe(false);
  });

  it('doubt nothing after a write that ended well', () => {
    const { marks, elapsed, write } = withMarks();
    write()('known');

    expect(marks.mayBeStale(a, elapsed.now())).toBe(false);
  });

  it('mark a whole group where no key is named', () => {
    const { marks, elapsed } = withMarks();
    marks.begin({ group: 'Products' })('unknown');

    expect([a, b, elsewhere].map((key) => marks.isRecent(key))).toEqual([true, true, false]);
    expect([a, elsewhere].map((key) => marks.mayBeStale(key, elapsed.now()))).toEqual([true, false]);
  });

  it('mark the whole group of a key for which there is no room', () => {
    const { marks, elapsed, clock, write } = withMarks(2);
    for (const key of [a, b]) write(key)('known');
    const end = write(c);

    expect(marks.isRecent(keyOf('another'))).toBe(true);
    expect(marks.mayBeStale(keyOf('another'), elapsed.now())).toBe(true);
    end('known');
    clock.freeze(WINDOW_MS);
    expect(marks.isRecent(keyOf('another'))).toBe(false);
  });

  it('have room for a key that is marked already', () => {
    const { marks, write } = withMarks(1);
    write()('known');
    write()('known');

    expect([a, b].map((key) => marks.isRecent(key))).toEqual([true, false]);
  });

  it('have no room again as long as an answer that is in doubt may be on its way', () => {
    const { marks, clock, write } = withMarks(2);
    for (const key of [a, b]) write(key)('known');
    clock.freeze(2 * WINDOW_MS - 1);
    write(c)('known');

    expect(marks.isRecent(keyOf('another'))).toBe(true);
  });

  it('never make room at the cost of a write that is under way', () => {
    const { marks, elapsed, clock, write } = withMarks(2);
    write(a);
    write(b)('known');
    clock.freeze(2 * WINDOW_MS);
    write(c)('known');

    expect([a, b, c].map((key) => marks.mayBeStale(key, elapsed.now()))).toEqual([true, false, false]);
    expect(marks.isRecent(keyOf('another'))).toBe(true);
  });

  it('make room from that on which was written longest ago', () => {
    const { marks, clock, write } = withMarks(2);
    for (const key of [a, b]) write(key)('known');
    clock.freeze(2 * WINDOW_MS);
    for (const key of [a, c]) write(key)('known');

    expect([a, b, c].map((key) => marks.isRecent(key))).toEqual([true, false, true]);
  });

  it('last ten seconds, if nothing else is said', () => {
    const clock = new FakeClock();
    const marks = new RecentWrites(new ElapsedTime(clock));
    marks.begin({ group: 'Products', key: a })('known');
    clock.freeze(9_999);

    expect([a, b].map((key) => marks.isRecent(key))).toEqual([true, false]);
    clock.freeze(1);
    expect(marks.isRecent(a)).toBe(false);
  });

  it('have room again for a key when the oldest marks are long over', () => {
    const { marks, clock, write } = withMarks(2);
    for (const key of [a, b]) write(key)('known');
    clock.freeze(2 * WINDOW_MS);
    write(c)('known');

    expect([a, b, c].map((key) => marks.isRecent(key))).toEqual([false, false, true]);
  });

  const wallSteps = [1, 60_000, -60_000, 31_536_000_000, -31_536_000_000].map(
    (ms) => [`the wall clock by ${ms} ms`, (clock: FakeClock) => clock.setWall(clock.now() + ms)] as const,
  );
  const monotonicSteps = [60_000, -60_000].map(
    (ms) => [`the monotonic clock by ${ms} ms`, (clock: FakeClock) => clock.stepMonotonic(ms)] as const,
  );

  it.each([...wallSteps, ...monotonicSteps])(
    'hold a key for recent as long as ever after a step of %s',
    (_, step) => {
      const { marks, clock, elapsed, write } = withMarks();
      write()('unknown');
      step(clock);

      expect([marks.isRecent(a), marks.isGroupRecent('Products')]).toEqual([true, true]);
      clock.freeze(WINDOW_MS - 10);
      expect(marks.isRecent(a)).toBe(true);
      expect(marks.mayBeStale(a, elapsed.now())).toBe(true);
      clock.freeze(10);
      expect([marks.isRecent(a), marks.isGroupRecent('Products')]).toEqual([false, false]);
      expect(marks.mayBeStale(a, elapsed.now())).toBe(false);
    },
  );
});
