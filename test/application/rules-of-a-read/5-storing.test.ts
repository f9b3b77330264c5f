import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  groupOf,
  keyOf,
  NO_CACHE,
  textOf,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

/** A preload reads the key, independently of readers. */
const LISTED = { groups: [groupOf('Products', {}, { keys: [key] })] };

describe('the result of a read', () => {
  it('rule 5: reaches its readers, but not the store, if its key was invalidated meanwhile', async () => {
    const { read, source, invalidator, store } = createApplication();
    source.put(key, 'v1');
    const gate = source.hold();
    const reading = read(key);
    await gate.arrived();
    invalidator.invalidate(key);
    gate.open();

    expect(await reading).toMatchObject({ cache: { source: 'origin', stored: false } });
    expect(store.get(key)).toBeUndefined();
  });

  it('rule 5: is dropped if its group was invalidated meanwhile, and stored if another one was', async () => {
    const { read, source, invalidator, store } = createApplication({
      groups: [groupOf('Products'), groupOf('Orders')],
    });
    const other = keyOf('k', 'Orders');
    source.put(key, 'v1');
    source.put(other, 'v1');
    const gate = source.hold();
    const readings = [read(key), read(other)];
    await gate.arrived(2);
    invalidator.invalidateGroup('Products');
    gate.open();
    await Promise.all(readings);

    expect(store.get(key)).toBeUndefined();
    expect(store.get(other)).toBeDefined();
  });

  it('rule 5: is dropped if a later read was stored meanwhile', async () => {
    const { read, source, preload } = createApplication(LISTED);
    source.put(key, 'v1');
    const early = source.hold();
    const loading = preload.run();
    await early.arrived();
    source.put(key, 'v2');
    source.hold().open();
    await read(key);
    early.open();
    await loading;

    expect(source.calls).toHaveLength(2);
    expect(textOf(await read(key))).toBe('v2');
  });

  it('rule 5: replaces the result of an earlier read that was stored meanwhile', async () => {
    const { read, source, preload } = createApplication(LISTED);
    source.put(key, 'v1');
    const early = source.hold();
    const loading = preload.run();
    await early.arrived();
    source.put(key, 'v2');
    const late = source.hold();
    const reading = read(key, NO_CACHE);
    await late.arrived();
    early.open();
    await loading;
    expect(textOf(await read(key))).toBe('v1');
    late.open();
    await reading;

    expect(textOf(await read(key))).toBe('v2');
  });

  it('rule 5: is stored although a later preload found no room', async () => {
    const { read, source, preload, store } = createApplication({
      groups: [groupOf('Products', {}, { keys: [key] })],
      maxBytes: 1_000,
    });
    const fillers = Array.from({ length: 8 }, (_, index) => keyOf(`filler${index}`));
    for (const filler of fillers) {
      source.put(filler, 'x'.repeat(90));
      await read(filler);
    }
    source.put(key, 'x'.repeat(100));
    const gate = source.hold();
    const reading = read(key);
    await gate.arrived();
    source.hold().open();
    await preload.run();
    expect(preload.progress()).toMatchObject([{ state: 'partial' }]);
    gate.open();

    expect(await reading).toMatchObject({ cache: { stored: true } });
    expect(store.get(key)).toBeDefined();
  });
});
