import { describe, expect, it } from '@jest/globals';
import { createApplication, groupOf, keyOf, NO_CACHE } from '../../support/application/create-application.ts';

const groups = [groupOf('Products'), groupOf('Orders')];
const keys = [keyOf('a'), keyOf('b'), keyOf('a', 'Orders')];

const filled = async () => {
  const app = createApplication({ groups });
  for (const key of keys) {
    app.source.put(key, 'v1');
    await app.read(key);
  }
  const kept = () => keys.map((key) => app.store.get(key) !== undefined);
  return { ...app, kept };
};

describe('Invalidate', () => {
  it('removes one entry', async () => {
    const { invalidator, kept } = await filled();
    invalidator.invalidate(keyOf('a'));

    expect(kept()).toEqual([false, true, true]);
  });

  it('notifies its listener of the group of each invalidation', async () => {
    const { invalidator } = await filled();
    const told: string[] = [];
    invalidator.onInvalidated((group) => told.push(group));
    invalidator.invalidate(keyOf('a'));
    invalidator.invalidateGroup('Orders');

    expect(told).toEqual(['Products', 'Orders']);
  });

  it('invalidates nothing in all environments for a group without a journal, and says so', async () => {
    const { invalidator, kept } = await filled();

    expect(invalidator.invalidateEverywhere({ group: 'Products', key: keyOf('a') })).toBeUndefined();
    expect(kept()).toEqual([true, true, true]);
  });

  it('removes all entries of a group', async () => {
    const { invalidator, kept } = await filled();
    invalidator.invalidateGroup('Products');

    expect(kept()).toEqual([false, false, true]);
  });

  it('ignores a key without an entry', async () => {
    const { invalidator, kept } = await filled();
    invalidator.invalidate(keyOf('unknown'));

    expect(kept()).toEqual([true, true, true]);
  });

  it('removes negative entries too', async () => {
    const { invalidator, read, source } = await filled();
    await read(keyOf('late'));
    source.put(keyOf('late'), 'v1');
    invalidator.invalidate(keyOf('late'));

    expect(await read(keyOf('late'))).toMatchObject({ outcome: 'found', cache: { source: 'origin' } });
  });

  it('has an entry read with strong consistency for the write window, because an earlier read may miss the write', async () => {
    const { invalidator, read, source, clock } = await filled();
    const wants = () => source.calls.slice(keys.length).map(({ want }) => want.consistent === true);

    invalidator.invalidate(keyOf('a'));
    await read(keyOf('a'), NO_CACHE);
    await read(keyOf('b'), NO_CACHE);
    await clock.advance(10_001);
    await read(keyOf('a'), NO_CACHE);

    expect(wants()).toEqual([true, false, false]);
  });

  it('has all entries of a group read with strong consistency for the write window', async () => {
    const { invalidator, read, source } = await filled();
    const wants = () => source.calls.slice(keys.length).map(({ want }) => want.consistent === true);

    invalidator.invalidateGroup('Products');
    for (const key of keys) await read(key, NO_CACHE);

    expect(wants()).toEqual([true, true, false]);
  });
});
