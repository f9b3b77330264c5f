import { describe, expect, it } from '@jest/globals';
import { keyOf, keysOf } from '../../support/application/create-application.ts';
import { fenceOf } from '../../support/application/create-source-calls.ts';

const key = keyOf('k');
const other = keyOf('other');

describe('Fence', () => {
  it('admits a read that nothing came after', () => {
    const fence = fenceOf();

    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('bars a read whose key was invalidated since, and no other', () => {
    const fence = fenceOf();
    const read = fence.begin();
    fence.invalidate(key);

    expect(fence.admits(key, read)).toBe(false);
    expect(fence.admits(other, read)).toBe(true);
    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('bars reads of a group that was invalidated since, and of no other', () => {
    const fence = fenceOf();
    const read = fence.begin();
    fence.invalidateGroup('Products');

    expect(fence.admits(key, read)).toBe(false);
    expect(fence.admits(keyOf('k', 'Orders'), read)).toBe(true);
    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('bars a read when one asked later is stored, and not the other way round', () => {
    const fence = fenceOf();
    const [first, second] = [fence.begin(), fence.begin()];
    fence.stored(key, first);
    expect(fence.admits(key, second)).toBe(true);

    fence.stored(key, second);
    expect(fence.admits(key, first)).toBe(false);
  });

  it('remembers for a read that is under way what others ended meanwhile', () => {
    const fence = fenceOf();
    const slow = fence.begin();
    const fast = fence.begin();
    fence.stored(key, fast);
    fence.end(fast);
    fence.invalidate(other);

    expect([fence.admits(key, slow), fence.admits(other, slow)]).toEqual([false, false]);
  });

  it('keeps its judgement of open reads while dropping marks that judge none', () => {
    const fence = fenceOf(10);
    const first = fence.begin();
    for (const each of keysOf(10)) fence.stored(each, first);
    const second = fence.begin();
    fence.end(first);
    for (const each of keysOf(3, 'invalid')) fence.invalidate(each);

    expect(fence.admits(keyOf('invalid0'), second)).toBe(false);
    expect(fence.admits(key, second)).toBe(true);
  });

  it('gives up the open reads rather than its bound, and admits those begun after', () => {
    const fence = fenceOf(10);
    const read = fence.begin();
    for (const each of keysOf(11)) fence.invalidate(each);

    expect(fence.admits(key, read)).toBe(false);
    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('has room for as many marks as its bound says', () => {
    const fence = fenceOf(10);
    const read = fence.begin();
    for (const each of keysOf(10)) fence.invalidate(each);

    expect(fence.admits(key, read)).toBe(true);
    expect(fence.admits(keyOf('k0'), read)).toBe(false);
  });

  it('goes on with the open reads if half its bound is left when it drops the others', () => {
    const fence = fenceOf(10);
    const first = fence.begin();
    for (const each of keysOf(6, 'old')) fence.invalidate(each);
    const second = fence.begin();
    fence.end(first);
    for (const each of keysOf(5, 'new')) fence.invalidate(each);

    expect(fence.admits(key, second)).toBe(true);
    expect(fence.admits(keyOf('new0'), second)).toBe(false);
  });

  it('keeps no mark that no read is judged by', () => {
    const fence = fenceOf(10);
    for (const each of keysOf(5, 'before')) fence.invalidate(each);
    const read = fence.begin();
    for (const each of keysOf(6)) fence.invalidate(each);

    expect(fence.admits(key, read)).toBe(true);
  });

  it('knows which reads were asked before one that was refused', () => {
    const fence = fenceOf();
    const [before, refused, after] = [fence.begin(), fence.begin(), fence.begin()];
    fence.refused(key, refused);

    expect([before, refused, after].map((order) => fence.isRefusedSince(key, order))).toEqual([
      true,
      false,
      false,
    ]);
    expect(fence.isRefusedSince(other, before)).toBe(false);
  });

  it('forgets refusals when no read is under way that they could be about', () => {
    const fence = fenceOf();
    const [before, refused] = [fence.begin(), fence.begin()];
    fence.refused(key, refused);
    fence.end(refused);
    expect(fence.isRefusedSince(key, before)).toBe(true);

    fence.end(before);
    expect(fence.isRefusedSince(key, before)).toBe(false);
  });

  it('remembers refusals up to its bound, and then begins anew', () => {
    const fence = fenceOf(2);
    const before = fence.begin();
    const keys = keysOf(3);
    const remembered = keys.map((each) => {
      fence.refused(each, fence.begin());
      return keys.map((asked) => fence.isRefusedSince(asked, before));
    });

    expect(remembered).toEqual([
      [true, false, false],
      [true, true, false],
      [false, false, true],
    ]);
  });
});
