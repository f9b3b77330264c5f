import { describe, expect, it } from '@jest/globals';
import { keyOf, keysOf } from '../../support/application/create-application.ts';
import { fenceOf } from '../../support/application/create-source-calls.ts';

const key = keyOf('k');
const other = keyOf('other');

describe('Fence', () => {
  it('admits a read if nothing happened after it began', () => {
    const fence = fenceOf();

    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('rejects a read whose key was invalidated after it began, and no other', () => {
    const fence = fenceOf();
    const read = fence.begin();
    fence.invalidate(key);

    expect(fence.admits(key, read)).toBe(false);
    expect(fence.admits(other, read)).toBe(true);
    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('rejects reads of a group that was invalidated after they began, and of no other', () => {
    const fence = fenceOf();
    const read = fence.begin();
    fence.invalidateGroup('Products');

    expect(fence.admits(key, read)).toBe(false);
    expect(fence.admits(keyOf('k', 'Orders'), read)).toBe(true);
    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('rejects a read if a later one is stored, and not the reverse', () => {
    const fence = fenceOf();
    const [first, second] = [fence.begin(), fence.begin()];
    fence.stored(key, first);
    expect(fence.admits(key, second)).toBe(true);

    fence.stored(key, second);
    expect(fence.admits(key, first)).toBe(false);
  });

  it('keeps marks for a running read although other reads have ended', () => {
    const fence = fenceOf();
    const slow = fence.begin();
    const fast = fence.begin();
    fence.stored(key, fast);
    fence.end(fast);
    fence.invalidate(other);

    expect([fence.admits(key, slow), fence.admits(other, slow)]).toEqual([false, false]);
  });

  it('drops marks that are older than every running read, and still judges the running reads', () => {
    const fence = fenceOf(10);
    const first = fence.begin();
    for (const each of keysOf(10)) fence.stored(each, first);
    const second = fence.begin();
    fence.end(first);
    for (const each of keysOf(3, 'invalid')) fence.invalidate(each);

    expect(fence.admits(keyOf('invalid0'), second)).toBe(false);
    expect(fence.admits(key, second)).toBe(true);
  });

  it('rejects the running reads instead of exceeding its limit, and admits later reads', () => {
    const fence = fenceOf(10);
    const read = fence.begin();
    for (const each of keysOf(11)) fence.invalidate(each);

    expect(fence.admits(key, read)).toBe(false);
    expect(fence.admits(key, fence.begin())).toBe(true);
  });

  it('holds as many marks as its limit allows', () => {
    const fence = fenceOf(10);
    const read = fence.begin();
    for (const each of keysOf(10)) fence.invalidate(each);

    expect(fence.admits(key, read)).toBe(true);
    expect(fence.admits(keyOf('k0'), read)).toBe(false);
  });

  it('still admits running reads if at most half its limit is left after it drops old marks', () => {
    const fence = fenceOf(10);
    const first = fence.begin();
    for (const each of keysOf(6, 'old')) fence.invalidate(each);
    const second = fence.begin();
    fence.end(first);
    for (const each of keysOf(5, 'new')) fence.invalidate(each);

    expect(fence.admits(key, second)).toBe(true);
    expect(fence.admits(keyOf('new0'), second)).toBe(false);
  });

  it('keeps no marks while no read is running', () => {
    const fence = fenceOf(10);
    for (const each of keysOf(5, 'before')) fence.invalidate(each);
    const read = fence.begin();
    for (const each of keysOf(6)) fence.invalidate(each);

    expect(fence.admits(key, read)).toBe(true);
  });

  it('knows which reads began before a refused one', () => {
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

  it('keeps the refusal of the latest read, even if an earlier one is refused after it', () => {
    const fence = fenceOf();
    const [first, second, third] = [fence.begin(), fence.begin(), fence.begin()];
    fence.refused(key, third);
    fence.refused(key, first);

    expect(fence.isRefusedSince(key, second)).toBe(true);
  });

  it('drops refusals when no read is running', () => {
    const fence = fenceOf();
    const [before, refused] = [fence.begin(), fence.begin()];
    fence.refused(key, refused);
    fence.end(refused);
    expect(fence.isRefusedSince(key, before)).toBe(true);

    fence.end(before);
    expect(fence.isRefusedSince(key, before)).toBe(false);
  });

  it('keeps refusals up to its limit, and then drops all of them', () => {
    const fence = fenceOf(2);
    const before = fence.begin();
    const keys = keysOf(3);
    const refusals = keys.map((each) => {
      fence.refused(each, fence.begin());
      return keys.map((asked) => fence.isRefusedSince(asked, before));
    });

    expect(refusals).toEqual([
      [true, false, false],
      [true, true, false],
      [false, false, true],
    ]);
  });
});
