import { describe, expect, it } from '@jest/globals';
import { Fence } from '../../src/application/fence.ts';
import { keyOf, keysOf } from '../support/application/groups.ts';

const key = keyOf('k');
const other = keyOf('other');

describe('Fence', () => {
  it('admits a read that nothing came after', () => {
    const fence = new Fence();

    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('bars a read whose key was invalidated since, and no other', () => {
    const fence = new Fence();
    const read = fence.begin();
    fence.invalidate(key);

    expect(fence.admits(key, read)).toBe(false);
    expect(fence.admits(other, read)).toBe(true);
    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('bars reads of a group that was invalidated since, and of no other', () => {
    const fence = new Fence();
    const read = fence.begin();
    fence.invalidateGroup('Products');

    expect(fence.admits(key, read)).toBe(false);
    expect(fence.admits(keyOf('k', 'Orders'), read)).toBe(true);
    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('bars a read when one asked later is stored, and not the other way round', () => {
    const fence = new Fence();
    const [first, second] = [fence.begin(), fence.begin()];
    fence.stored(key, first);
    expect(fence.admits(key, second)).toBe(true);

    fence.stored(key, second);
    expect(fence.admits(key, first)).toBe(false);
  });

  it('remembers for a read that is under way what others ended meanwhile', () => {
    const fence = new Fence();
    const slow = fence.begin();
    const fast = fence.begin();
    fence.stored(key, fast);
    fence.end(fast);
    fence.invalidate(other);

    expect([fence.admits(key, slow), fence.admits(other, slow)]).toEqual([false, false]);
  });

  it('keeps its judgement of open reads while dropping marks that judge none', () => {
    const fence = new Fence(10);
    const first = fence.begin();
    for (const each of keysOf(10)) fence.stored(each, first);
    const second = fence.begin();
    fence.end(first);
    for (const each of keysOf(3, 'invalid')) fence.invalidate(each);

    expect(fence.admits(keyOf('invalid0'), second)).toBe(false);
    expect(fence.admits(key, second)).toBe(true);
  });

  it('gives up the open reads rather than its bound, and admits those begun after', () => {
    const fence = new Fence(10);
    const read = fence.begin();
    for (const each of keysOf(11)) fence.invalidate(each);

    expect(fence.admits(key, read)).toBe(false);
    expect(fence.admits(key, fence.begin())).toBe(true);
  });
});
