import { describe, expect, it } from '@jest/globals';
import { Setbacks } from '../../../src/application/reading/failure-backoff.ts';
import { throttled, unavailable } from '../../support/application/failures.ts';
import { keyOf, keysOf } from '../../support/application/groups.ts';

const key = keyOf('k');

describe('Setbacks', () => {
  it('remembers a failure for a second', () => {
    const setbacks = new Setbacks();
    const error = unavailable();
    setbacks.record(key, error, 10_000);

    expect(setbacks.of(key, 10_999)).toBe(error);
    expect(setbacks.of(key, 11_000)).toBeUndefined();
  });

  it('knows each key by itself', () => {
    const setbacks = new Setbacks();
    setbacks.record(key, unavailable(), 10_000);

    expect(setbacks.of(keyOf('k', 'Orders'), 10_000)).toBeUndefined();
  });

  it('remembers the failure that came last', () => {
    const setbacks = new Setbacks();
    const last = throttled();
    setbacks.record(key, unavailable(), 10_000);
    setbacks.record(key, last, 10_900);

    expect(setbacks.of(key, 11_500)).toBe(last);
  });

  it('forgets a failure when the key was read', () => {
    const setbacks = new Setbacks();
    setbacks.record(key, unavailable(), 10_000);
    setbacks.clear(key);

    expect(setbacks.of(key, 10_000)).toBeUndefined();
  });

  it('forgets a failure of the future, because the clock went back', () => {
    const setbacks = new Setbacks();
    setbacks.record(key, unavailable(), 10_000);

    expect(setbacks.of(key, 9_999)).toBeUndefined();
  });

  it('does not take a key for old that failed again', () => {
    const setbacks = new Setbacks();
    setbacks.record(key, unavailable(), 10_000);
    for (const each of keysOf(4_095)) setbacks.record(each, unavailable(), 10_000);
    setbacks.record(key, unavailable(), 10_000);
    setbacks.record(keyOf('one more'), unavailable(), 10_000);

    expect(setbacks.of(key, 10_000)).toBeDefined();
    expect(setbacks.of(keyOf('k0'), 10_000)).toBeUndefined();
  });

  it('remembers a bounded number of keys, the oldest going first', () => {
    const setbacks = new Setbacks();
    const keys = keysOf(5_000);
    for (const each of keys) setbacks.record(each, unavailable(), 10_000);
    const remembered = keys.map((each) => setbacks.of(each, 10_000) !== undefined);

    expect(remembered.filter((is) => is)).toHaveLength(4_096);
    expect(remembered.slice(-4_096).every((is) => is)).toBe(true);
  });
});
