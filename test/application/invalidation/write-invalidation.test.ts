import { describe, expect, it } from '@jest/globals';
import { WriteInvalidation } from '../../../src/application/invalidation/invalidate.ts';
import { RecentWrites } from '../../../src/application/storing/recent-writes.ts';
import { ElapsedTime } from '../../../src/application/time/elapsed-time.ts';
import { keyOf, WRITE_LIMITS } from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { FakeInvalidator } from '../../support/fakes/fake-invalidator.ts';

const [a, b, elsewhere] = [keyOf('a'), keyOf('b'), keyOf('a', 'Orders')];

const tracking = () => {
  const elapsed = new ElapsedTime(new FakeClock());
  const marks = new RecentWrites(elapsed, WRITE_LIMITS);
  const invalidator = new FakeInvalidator();
  return {
    elapsed,
    marks,
    invalidator,
    writes: new WriteInvalidation({ recentWrites: marks, invalidator }),
  };
};

describe('WriteInvalidation', () => {
  it('invalidates the targets of a write when it begins and again when it ends', () => {
    const { writes, invalidator } = tracking();
    const write = writes.begin([{ group: 'Products', key: a }, { group: 'Orders' }]);

    expect([invalidator.keys, invalidator.groups]).toEqual([[a], ['Orders']]);
    write.end('applied');
    expect([invalidator.keys, invalidator.groups]).toEqual([
      [a, a],
      ['Orders', 'Orders'],
    ]);
  });

  it('invalidates a group once, and none of its keys, if the write may change all of it', () => {
    const { writes, invalidator } = tracking();
    writes.begin([{ group: 'Products', key: a }, { group: 'Products' }, { group: 'Products' }]);

    expect([invalidator.keys, invalidator.groups]).toEqual([[], ['Products']]);
  });

  it('marks a target as possibly stale during the write, and as recent after it', () => {
    const { writes, marks, elapsed } = tracking();
    const write = writes.begin([
      { group: 'Products', key: a },
      { group: 'Orders', key: elsewhere },
    ]);

    expect([a, b, elsewhere].map((key) => marks.mayBeStale(key, elapsed.now()))).toEqual([true, false, true]);
    write.end('applied');
    expect([a, b, elsewhere].map((key) => marks.mayBeStale(key, elapsed.now()))).toEqual([
      false,
      false,
      false,
    ]);
    expect([a, b, elsewhere].map((key) => marks.isRecent(key))).toEqual([true, false, true]);
  });

  it('leaves the targets of a write of unknown outcome possibly stale', () => {
    const { writes, marks, elapsed } = tracking();
    writes.begin([{ group: 'Products', key: a }]).end('unknown');

    expect(marks.mayBeStale(a, elapsed.now())).toBe(true);
  });

  it('marks the end of a write before the last invalidation', () => {
    const { writes, marks, invalidator, elapsed } = tracking();
    const write = writes.begin([{ group: 'Products', key: a }]);
    const doubted: boolean[] = [];
    invalidator.invalidate = (key) => doubted.push(marks.mayBeStale(key, elapsed.now()));
    write.end('applied');

    expect(doubted).toEqual([false]);
  });
});
