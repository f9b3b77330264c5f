import { describe, expect, it } from '@jest/globals';
import { WriteMarks } from '../../src/application/write-marks.ts';
import { keyOf } from '../support/application/groups.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';

const WINDOW_MS = 1_000;
const [a, b, c] = [keyOf('a'), keyOf('b'), keyOf('c')];
const elsewhere = keyOf('a', 'Others');

const withMarks = (keys = 10) => {
  const clock = new FakeClock();
  const marks = new WriteMarks(clock, { windowMs: WINDOW_MS, keys });
  const write = (key = a) => marks.begin({ group: key.group, key });
  return { clock, marks, write };
};

describe('WriteMarks', () => {
  it('know nothing of what was never written', () => {
    const { marks, clock } = withMarks();

    expect(marks.isRecent(a)).toBe(false);
    expect(marks.isGroupRecent('Products')).toBe(false);
    expect(marks.isInDoubt(a, clock.now())).toBe(false);
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
    const { marks, clock, write } = withMarks();
    const ends = [write(), write()];
    ends[0]?.('known');
    clock.freeze(WINDOW_MS);

    expect(marks.isRecent(a)).toBe(true);
    expect(marks.isInDoubt(a, clock.now())).toBe(true);
    ends[1]?.('known');
    expect(marks.isInDoubt(a, clock.now())).toBe(false);
  });

  it('doubt what was asked within the window after a write of unknown outcome, whenever it is answered', () => {
    const { marks, clock, write } = withMarks();
    write()('unknown');
    const askedAt = clock.now() + WINDOW_MS - 1;
    clock.freeze(2 * WINDOW_MS);

    expect(marks.isInDoubt(a, askedAt)).toBe(true);
    expect(marks.isInDoubt(a, askedAt + 1)).toBe(false);
    expect(marks.isInDoubt(b, askedAt)).toBe(false);
  });

  it('doubt nothing after a write that ended well', () => {
    const { marks, clock, write } = withMarks();
    write()('known');

    expect(marks.isInDoubt(a, clock.now())).toBe(false);
  });

  it('mark a whole group where no key is named', () => {
    const { marks, clock } = withMarks();
    marks.begin({ group: 'Products' })('unknown');

    expect([a, b, elsewhere].map((key) => marks.isRecent(key))).toEqual([true, true, false]);
    expect([a, elsewhere].map((key) => marks.isInDoubt(key, clock.now()))).toEqual([true, false]);
  });

  it('mark the whole group of a key for which there is no room', () => {
    const { marks, clock, write } = withMarks(2);
    for (const key of [a, b]) write(key)('known');
    const end = write(c);

    expect(marks.isRecent(keyOf('another'))).toBe(true);
    expect(marks.isInDoubt(keyOf('another'), clock.now())).toBe(true);
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
    const { marks, clock, write } = withMarks(2);
    write(a);
    write(b)('known');
    clock.freeze(2 * WINDOW_MS);
    write(c)('known');

    expect([a, b, c].map((key) => marks.isInDoubt(key, clock.now()))).toEqual([true, false, false]);
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
    const marks = new WriteMarks(clock);
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

  it('count a write as just ended if the clock went back behind it', () => {
    const { marks, clock, write } = withMarks();
    write()('known');
    clock.setWall(clock.now() - 100 * WINDOW_MS);

    expect(marks.isRecent(a)).toBe(true);
    clock.freeze(WINDOW_MS);
    expect(marks.isRecent(a)).toBe(false);
  });
});
