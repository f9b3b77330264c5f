import { describe, expect, it } from '@jest/globals';
import { ReadFloors } from '../../../src/application/storing/read-floors.ts';
import { keyOf } from '../../support/application/create-application.ts';

const AT = 1_700_000_000_000;
const SKEW_MS = 10_000;
const TIERED = new Set(['Products']);

describe('what another environment has read', () => {
  it('may be shown if nothing was shown here', () => {
    expect(new ReadFloors(TIERED).admits(keyOf('k'), 0)).toBe(true);
    expect(new ReadFloors(TIERED).mayAdmitBefore(keyOf('k'), 0)).toBe(true);
  });

  it('may be shown again, or if it is later by more than clocks differ', () => {
    const floors = new ReadFloors(TIERED);
    floors.raise(keyOf('k'), AT + 0.25);

    expect(floors.admits(keyOf('k'), AT + 0.25)).toBe(true);
    expect(floors.admits(keyOf('k'), AT + 0.75)).toBe(false);
    expect(floors.admits(keyOf('k'), AT - SKEW_MS)).toBe(false);
    expect(floors.admits(keyOf('k'), AT + 0.25 + SKEW_MS)).toBe(true);
    expect(floors.admits(keyOf('other'), 0)).toBe(true);
    expect(floors.admits(keyOf('k', 'Others'), 0)).toBe(true);
  });

  it('is judged by the latest time', () => {
    const floors = new ReadFloors(TIERED);
    floors.raise(keyOf('k'), AT + 500);
    floors.raise(keyOf('k'), AT);

    expect(floors.admits(keyOf('k'), AT)).toBe(false);
    expect(floors.admits(keyOf('k'), AT + 500)).toBe(true);
  });

  it('must be later than an invalidation of its group', () => {
    const floors = new ReadFloors(TIERED);
    floors.raise(keyOf('k'), AT - 1);
    floors.raiseGroup('Products', AT);

    expect(floors.admits(keyOf('k'), AT - 1)).toBe(false);
    expect(floors.admits(keyOf('other'), AT + SKEW_MS - 1)).toBe(false);
    expect(floors.admits(keyOf('other'), AT + SKEW_MS)).toBe(true);
  });

  it('must be later than all that was shown of keys that no longer have a mark of their own', () => {
    const floors = new ReadFloors(TIERED, 4);
    for (let index = 0; index < 4; index += 1) floors.raise(keyOf(`k${index}`), AT + index);
    expect(floors.admits(keyOf('new'), AT)).toBe(true);
    floors.raise(keyOf('k4'), AT + 4);

    // Two have a mark of their own.
    expect(floors.admits(keyOf('new'), AT + 2 + SKEW_MS - 1)).toBe(false);
    expect(floors.admits(keyOf('new'), AT + 2 + SKEW_MS)).toBe(true);
  });

  it('is judged by nothing that was shown of a group that is not shared', () => {
    const floors = new ReadFloors(TIERED);
    floors.raise(keyOf('k', 'Others'), AT);
    floors.raiseGroup('Others', AT);

    expect(floors.admits(keyOf('k', 'Others'), 0)).toBe(true);
  });

  it('need not be looked for while nothing that was read before could be shown', () => {
    const floors = new ReadFloors(TIERED);
    floors.raise(keyOf('k'), AT);

    expect(floors.mayAdmitBefore(keyOf('k'), AT - 1)).toBe(false);
    expect(floors.mayAdmitBefore(keyOf('k'), AT)).toBe(true);
    floors.raiseGroup('Products', AT);
    expect(floors.mayAdmitBefore(keyOf('other'), AT + SKEW_MS - 1)).toBe(false);
    expect(floors.mayAdmitBefore(keyOf('other'), AT + SKEW_MS)).toBe(true);
  });
});
