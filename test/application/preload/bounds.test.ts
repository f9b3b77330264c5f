import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  createPreload,
  everything,
  groupOf,
  keyOf,
  keysOf,
  watch,
} from '../../support/application/create-application.ts';

describe('the bounds of a preload', () => {
  it('include nine tenths of the store: it evicts nothing, and logs its progress in one line', async () => {
    const app = createPreload(40, { maxBytes: 1_000 });
    for (const each of keysOf(40)) app.source.put(each, 'x'.repeat(60));
    await app.read(keyOf('mine'));
    await app.preload.run();

    expect(app.store.usage().bytes).toBeLessThanOrEqual(900);
    expect(app.store.usage().bytes).toBeGreaterThan(800);
    expect(app.store.usage().evictions).toBe(0);
    expect(app.preload.progress()).toEqual([
      {
        group: 'Products',
        state: 'partial',
        entries: app.store.usage().entries - 1,
        reason: 'nine tenths of the bound of the store are in use',
      },
    ]);
    expect(app.logger.lines).toEqual([
      {
        level: 'warn',
        message: 'preload is not complete; what is missing is read on demand',
        fields: { durationMs: 0, groups: app.preload.progress() },
      },
    ]);
  });

  it('end all groups when the store is full', async () => {
    const app = createApplication({
      groups: [groupOf('Products', {}, everything), groupOf('Orders', {}, everything)],
      maxBytes: 1_000,
    });
    for (const each of [...keysOf(20), ...keysOf(20, 'o', 'Orders')]) app.source.put(each, 'x'.repeat(60));
    await app.preload.run();

    expect(app.preload.progress().map(({ state }) => state)).toEqual(['partial', 'partial']);
    expect(app.source.countOf('readGroup')).toBeLessThan(20);
  });

  it('do not count negative entries: a full store ends no preload of absent keys', async () => {
    const keys = keysOf(200, 'absent');
    const app = createPreload(2, {
      groups: [groupOf('Products', {}, { keys, everything: true })],
      maxBytes: 1_000,
    });
    await app.preload.run();

    expect(app.store.usage().evictions).toBe(0);
    expect(app.preload.progress()).not.toMatchObject([{ state: 'failed' }]);
  });

  it('leave out and count items that are too large', async () => {
    const app = createPreload(6, { maxBytes: 1_000 });
    for (const each of keysOf(2)) app.source.put(each, 'x'.repeat(200));
    await app.preload.run();

    expect(app.preload.progress()).toEqual([
      { group: 'Products', state: 'partial', entries: 4, reason: 'items too large to be kept: 2' },
    ]);
  });

  it('include its time-out, even if the source never answers', async () => {
    const app = createPreload(4, { preloadTimeoutMs: 1_000 });
    app.source.hold();
    const run = app.preload.run();
    const state = watch(run);
    await app.clock.advance(999);
    expect(state.state()).toBe('pending');
    await app.clock.advance(1);
    await run;

    expect(app.preload.progress()).toMatchObject([
      { state: 'partial', entries: 0, reason: 'its time-out of 1000 ms passed' },
    ]);
    expect(app.source.calls.every(({ want }) => want.signal.aborted)).toBe(true);
    expect(app.logger.at('warn')).toMatchObject([{ fields: { durationMs: 1_000 } }]);
    expect(app.clock.pendingTasks).toBe(0);
  });

  it('include its time-out, even if other calls hold all slots', async () => {
    const app = createPreload(4, { maxSourceReads: 1, preloadTimeoutMs: 100 });
    app.source.hold();
    void app.read(keyOf('slow'));
    const run = app.preload.run();
    await app.clock.advance(100);
    await run;

    expect(app.preload.progress()).toMatchObject([{ state: 'partial', entries: 0 }]);
    expect(app.source.countOf('readGroup')).toBe(0);
  });

  it('include its time-out, even if the source answers every call without input or output', async () => {
    const app = createPreload(10, {
      preloadTimeoutMs: 100,
      throughSource: (origin) => ({
        read: (asked, want) => origin.read(asked, want),
        readGroup: async (_group, cursor, want) => {
          app.clock.freeze(1);
          const answer = await origin.read(keyOf(`k${origin.calls.length % 10}`), want);
          return { answers: [answer], ...(origin.calls.length < 2_000 && { next: cursor }) };
        },
      }),
    });
    const state = watch(app.preload.run());
    for (let turn = 0; turn < 1_000 && state.state() === 'pending'; turn += 1) await app.clock.advance(0);

    expect(app.preload.progress()).toEqual([
      { group: 'Products', state: 'partial', entries: 10, reason: 'its time-out of 100 ms passed' },
    ]);
    expect(app.source.calls.length).toBeLessThan(120);
  });

  it('include its time-out for listed keys of a source without input or output', async () => {
    const keys = keysOf(2_000);
    const app = createApplication({
      groups: [groupOf('Products', {}, { keys })],
      preloadTimeoutMs: 100,
      throughSource: (origin) => ({
        read: (asked, want) => {
          app.clock.freeze(1);
          return origin.read(asked, want);
        },
      }),
    });
    const state = watch(app.preload.run());
    for (let turn = 0; turn < 1_000 && state.state() === 'pending'; turn += 1) await app.clock.advance(0);

    expect(app.preload.progress()).toMatchObject([{ state: 'partial' }]);
    expect(app.source.calls.length).toBeLessThan(120);
  });

  it('count an item whose absence was stored before', async () => {
    const app = createPreload(0);
    await app.read(keyOf('k'));
    app.source.put(keyOf('k'), 'v1');
    await app.preload.run();

    expect(app.preload.progress()).toEqual([{ group: 'Products', state: 'complete', entries: 1 }]);
  });

  it('keep the entries that are stored before the end', async () => {
    const app = createPreload(40, {
      preloadTimeoutMs: 1_000,
      throughSource: (origin) => ({
        read: (asked, want) => origin.read(asked, want),
        readGroup: (group, cursor, want) => {
          if (origin.calls.length === 6) origin.hold();
          return origin.readGroup(group, cursor, want);
        },
      }),
    });
    const run = app.preload.run();
    await app.clock.advance(1_000);
    await run;

    expect(app.preload.progress()).toMatchObject([{ state: 'partial', entries: 12 }]);
    expect(app.store.usage().entries).toBe(12);
  });
});
