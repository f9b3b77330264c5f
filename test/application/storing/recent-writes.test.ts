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
  it('report nothing for a key that was never written', () => {
    const { marks, elapsed } = withMarks();

    expect(marks.isRecent(a)).toBe(false);
    expect(marks.isGroupRecent('Products')).toBe(false);
    expect(marks.mayBeStale(a, elapsed.now())).toBe(false);
  });

  it('report a key as recent from the start of a write to the end of the write window', () => {
    const { marks, clock, write } = withMarks();
    const end = write();
    clock.freeze(10 * WINDOW_MS);

    expect(marks.isRecent(a)).toBe(true);
    expect(marks.isGroupRecent('Products')).toBe(true);
    expect(marks.isRecent(b)).toBe(false);
    expect(marks.isRecent(elsewhere)).toBe(false);
    end('applied');
    clock.freeze(WINDOW_MS - 1);
    expect(marks.isRecent(a)).toBe(true);
    clock.freeze(1);
    expect(marks.isRecent(a)).toBe(false);
    expect(marks.isGroupRecent('Products')).toBe(false);
  });

  it('count writes that run at the same time', () => {
    const { marks, elapsed, clock, write } = withMarks();
    const ends = [write(), write()];
    ends[0]?.('applied');
    clock.freeze(WINDOW_MS);

    expect(marks.isRecent(a)).toBe(true);
    expect(marks.mayBeStale(a, elapsed.now())).toBe(true);
    ends[1]?.('applied');
    expect(marks.mayBeStale(a, elapsed.now())).toBe(false);
  });

  it('report reads that begin within the window after a write of unknown outcome as possibly stale, whenever they are answered', () => {
    const { marks, elapsed, clock, write } = withMarks();
    clock.freeze(10 * WINDOW_MS);
    write()('unknown');
    const askedAt = elapsed.now() + WINDOW_MS - 1;
    clock.freeze(2 * WINDOW_MS);

    expect(marks.mayBeStale(a, askedAt)).toBe(true);
    expect(marks.mayBeStale(a, askedAt + 1)).toBe(false);
    expect(marks.mayBeStale(b, askedAt)).toBe(false);
  });

  it('report nothing as possibly stale after a write of known outcome', () => {
    const { marks, elapsed, write } = withMarks();
    write()('applied');

    expect(marks.mayBeStale(a, elapsed.now())).toBe(false);
  });

  it('mark a whole group if the write names no key', () => {
    const { marks, elapsed } = withMarks();
    marks.begin({ group: 'Products' })('unknown');

    expect([a, b, elsewhere].map((key) => marks.isRecent(key))).toEqual([true, true, false]);
    expect([a, elsewhere].map((key) => marks.mayBeStale(key, elapsed.now()))).toEqual([true, false]);
  });

  it('mark the whole group of a key beyond the limit of keys', () => {
    const { marks, elapsed, clock, write } = withMarks(2);
    for (const key of [a, b]) write(key)('applied');
    const end = write(c);

    expect(marks.isRecent(keyOf('another'))).toBe(true);
    expect(marks.mayBeStale(keyOf('another'), elapsed.now())).toBe(true);
    end('applied');
    clock.freeze(WINDOW_MS);
    expect(marks.isRecent(keyOf('another'))).toBe(false);
  });

  it('accept another write to a marked key at the limit of keys', () => {
    const { marks, write } = withMarks(1);
    write()('applied');
    write()('applied');

    expect([a, b].map((key) => marks.isRecent(key))).toEqual([true, false]);
  });

  it('keep a mark as long as a possibly stale answer may still arrive', () => {
    const { marks, clock, write } = withMarks(2);
    for (const key of [a, b]) write(key)('applied');
    clock.freeze(2 * WINDOW_MS - 1);
    write(c)('applied');

    expect(marks.isRecent(keyOf('another'))).toBe(true);
  });

  it('never drop the mark of a running write', () => {
    const { marks, elapsed, clock, write } = withMarks(2);
    write(a);
    write(b)('applied');
    clock.freeze(2 * WINDOW_MS);
    write(c)('applied');

    expect([a, b, c].map((key) => marks.mayBeStale(key, elapsed.now()))).toEqual([true, false, false]);
    expect(marks.isRecent(keyOf('another'))).toBe(true);
  });

  it('drop the oldest marks first', () => {
    const { marks, clock, write } = withMarks(2);
    for (const key of [a, b]) write(key)('applied');
    clock.freeze(2 * WINDOW_MS);
    for (const key of [a, c]) write(key)('applied');

    expect([a, b, c].map((key) => marks.isRecent(key))).toEqual([true, false, true]);
  });

  it('accept a key again when the oldest marks have expired', () => {
    const { marks, clock, write } = withMarks(2);
    for (const key of [a, b]) write(key)('applied');
    clock.freeze(2 * WINDOW_MS);
    write(c)('applied');

    expect([a, b, c].map((key) => marks.isRecent(key))).toEqual([false, false, true]);
  });

  const wallSteps = [1, 60_000, -60_000, 31_536_000_000, -31_536_000_000].map(
    (ms) => [`the wall clock by ${ms} ms`, (clock: FakeClock) => clock.setWall(clock.now() + ms)] as const,
  );
  const monotonicSteps = [60_000, -60_000].map(
    (ms) => [`the monotonic clock by ${ms} ms`, (clock: FakeClock) => clock.stepMonotonic(ms)] as const,
  );

  it.each([...wallSteps, ...monotonicSteps])(
    'report a key as recent for at least the window after a step of %s',
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

describe('a write that others made', () => {
  it('is recent for the window, for its key or its whole group', () => {
    const { marks, clock } = withMarks();
    marks.notice({ group: 'Products', key: a });
    marks.notice({ group: 'Others' });

    expect([a, b, elsewhere].map((key) => marks.isRecent(key))).toEqual([true, false, true]);
    clock.freeze(WINDOW_MS);
    expect([a, b, elsewhere].map((key) => marks.isRecent(key))).toEqual([false, false, false]);
  });

  it('changes nothing where the source has no consistent reads', () => {
    const clock = new FakeClock();
    const elapsed = new ElapsedTime(clock);
    const marks = new RecentWrites(elapsed, { windowMs: WINDOW_MS, keys: 10 }, new Set(['Products']));
    marks.notice({ group: 'Products', key: a });

    expect([marks.isRecent(a), marks.mayBeStale(a, elapsed.now())]).toEqual([false, false]);
  });
});
