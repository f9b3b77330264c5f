import { describe, expect, it } from '@jest/globals';
import type { CacheGroup } from '../../src/domain/cache/cache-group.ts';
import { type ApplicationOptions, createApplication } from '../support/application/create-application.ts';
import { refused, throttled, unavailable, unreachable } from '../support/application/failures.ts';
import { groupOf, keyOf, keysOf } from '../support/application/groups.ts';
import { NO_CACHE } from '../support/application/read-requests.ts';
import { textOf, watch } from '../support/application/results.ts';

const key = keyOf('k');
const everything: Partial<CacheGroup['preload']> = { everything: true };

/** A group to be loaded wholly, with so many items in the source. */
const created = (items: number, options: ApplicationOptions = {}) => {
  const app = createApplication({ groups: [groupOf('Products', {}, everything)], ...options });
  for (const each of keysOf(items)) app.source.put(each, 'v1');
  return app;
};

describe('Preload', () => {
  it('loads the listed keys first, in batches, and then everything', async () => {
    const keys = keysOf(5, 'listed');
    const app = created(10, {
      groups: [groupOf('Products', {}, { keys, everything: true })],
      batchLimit: 2,
    });
    for (const each of keys) app.source.put(each, 'v1');
    await app.preload.run();

    const methods = app.source.calls.map(({ method }) => method);
    expect(methods.slice(0, 3)).toEqual(['readMany', 'readMany', 'readMany']);
    expect(new Set(methods.slice(3))).toEqual(new Set(['readGroup']));
    expect(app.store.usage().entries).toBe(15);
    expect(app.preload.progress()).toEqual([{ group: 'Products', state: 'complete', entries: 15 }]);
  });

  it('does not begin with the rest before the listed keys are in', async () => {
    const app = created(2, { groups: [groupOf('Products', {}, { keys: [keyOf('k0')], everything: true })] });
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived();
    await app.clock.advance(0);
    expect(app.source.calls.map(({ method }) => method)).toEqual(['readMany']);
    gate.open();

    await run;
    expect(app.store.usage().entries).toBe(2);
  });

  it('loads nothing but the listed keys where only they are wanted', async () => {
    const app = created(3, { groups: [groupOf('Products', {}, { keys: [keyOf('k1')] })] });
    await app.preload.run();

    expect(app.source.countOf('readGroup')).toBe(0);
    expect(app.store.usage().entries).toBe(1);
    expect(await app.read(keyOf('k1'))).toMatchObject({ cache: { source: 'memory' } });
  });

  it('knows from then on that a listed key is absent, and nothing of keys that were not found otherwise', async () => {
    const app = created(1, { groups: [groupOf('Products', {}, { keys: [key], everything: true })] });
    await app.preload.run();

    expect(await app.read(key)).toMatchObject({ outcome: 'absent', cache: { source: 'memory' } });
    expect(await app.read(keyOf('other'))).toMatchObject({ outcome: 'absent', cache: { source: 'origin' } });
    expect(app.preload.progress()).toEqual([{ group: 'Products', state: 'complete', entries: 1 }]);
  });

  it('asks again for keys that the source did not get to, and never takes them for absent', async () => {
    const keys = keysOf(4);
    const app = created(4, { groups: [groupOf('Products', {}, { keys })] });
    app.source.leaveUnprocessed(keyOf('k1'), keyOf('k2'));
    const run = app.preload.run();
    await app.clock.advance(0);
    expect(app.store.usage().entries).toBe(2);
    await app.clock.advance(50);
    await run;

    expect(app.source.countOf('readMany')).toBe(2);
    expect(app.store.usage().entries).toBe(4);
    expect(await app.read(keyOf('k1'))).toMatchObject({ outcome: 'found', cache: { source: 'memory' } });
  });

  it('takes keys that the source never gets to for neither absent nor loaded', async () => {
    const app = created(2, {
      groups: [groupOf('Products', {}, { keys: keysOf(2) })],
      throughSource: (origin) => ({
        batchLimit: 100,
        read: (asked, want) => origin.read(asked, want),
        readMany: async (asked, want) => {
          const { answers } = await origin.readMany([keyOf('k0')], want);
          const unprocessed = asked.filter(({ id }) => id === 'k1');
          return { answers: asked.length === 2 ? answers : [], unprocessed };
        },
      }),
    });
    const run = app.preload.run();
    await app.clock.advance(8_000);
    await run;

    expect(app.preload.progress()).toMatchObject([{ state: 'partial', entries: 1 }]);
    expect(app.store.get(keyOf('k1'))).toBeUndefined();
  });

  it('reads the parts of a group, and the groups, side by side', async () => {
    const app = created(8, {
      groups: [groupOf('Products', {}, everything), groupOf('Orders', {}, everything)],
    });
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived(8);
    const cursors = app.source.calls.flatMap((call) =>
      call.method === 'readGroup' ? [`${call.group} ${call.cursor.part}/${call.cursor.parts}`] : [],
    );

    expect(cursors.sort()).toEqual(
      ['Orders', 'Products'].flatMap((name) => [0, 1, 2, 3].map((part) => `${name} ${part}/4`)),
    );
    gate.open();
    await run;
  });

  it('reads every page', async () => {
    const app = created(100);
    await app.preload.run();

    expect(app.store.usage().entries).toBe(100);
  });

  it('loads one by one from a source that cannot do otherwise, and says what it cannot', async () => {
    const app = created(3, {
      groups: [groupOf('Products', {}, { keys: keysOf(2), everything: true })],
      throughSource: (source) => source.oneByOne(),
    });
    await app.preload.run();

    expect(app.source.countOf('read')).toBe(2);
    expect(app.preload.progress()).toMatchObject([
      { state: 'partial', entries: 2, reason: 'the source cannot read a whole group' },
    ]);
  });

  it('does nothing and says nothing where it is off or there is nothing to load', async () => {
    for (const app of [created(1, { preload: false }), createApplication()]) {
      await app.preload.run();
      expect(app.preload.progress()).toEqual([]);
      expect(app.source.calls).toEqual([]);
      expect(app.logger.lines).toEqual([]);
    }
  });

  it('tells in one line that it is complete', async () => {
    const app = created(2);
    await app.preload.run();

    expect(app.logger.lines).toEqual([
      {
        level: 'info',
        message: 'preload is complete',
        fields: { durationMs: 0, groups: [{ group: 'Products', state: 'complete', entries: 2 }] },
      },
    ]);
    expect(app.clock.pendingTasks).toBe(0);
  });
});

describe('the bounds of a preload', () => {
  it('are nine tenths of the store: it evicts nothing, and says in one line how far it came', async () => {
    const app = created(40, { maxBytes: 1_000 });
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
    expect(app.logger.at('warn')).toMatchObject([{ fields: { groups: app.preload.progress() } }]);
    expect(app.logger.lines).toHaveLength(1);
  });

  it('end it for all groups when the store is full', async () => {
    const app = createApplication({
      groups: [groupOf('Products', {}, everything), groupOf('Orders', {}, everything)],
      maxBytes: 1_000,
    });
    for (const each of [...keysOf(20), ...keysOf(20, 'o', 'Orders')]) app.source.put(each, 'x'.repeat(60));
    await app.preload.run();

    expect(app.preload.progress().map(({ state }) => state)).toEqual(['partial', 'partial']);
    expect(app.source.countOf('readGroup')).toBeLessThan(20);
  });

  it('leave alone what is absent: it never ends for want of room for an absence', async () => {
    const keys = keysOf(200, 'absent');
    const app = created(2, {
      groups: [groupOf('Products', {}, { keys, everything: true })],
      maxBytes: 1_000,
    });
    await app.preload.run();

    expect(app.store.usage().evictions).toBe(0);
    expect(app.preload.progress()).not.toMatchObject([{ state: 'failed' }]);
  });

  it('are its time-out, even if the source does not answer at all', async () => {
    const app = created(4, { preloadTimeoutMs: 1_000 });
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

  it('are its time-out, even if others have taken all slots', async () => {
    const app = created(4, { maxSourceReads: 1, preloadTimeoutMs: 100 });
    app.source.hold();
    void app.read(keyOf('slow'));
    const run = app.preload.run();
    await app.clock.advance(100);
    await run;

    expect(app.preload.progress()).toMatchObject([{ state: 'partial', entries: 0 }]);
    expect(app.source.countOf('readGroup')).toBe(0);
  });

  it('keep what is in by then', async () => {
    const app = created(40, {
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

describe('a group that cannot be preloaded', () => {
  it('fails by itself, with its code and an error line', async () => {
    const bad = keyOf('bad', 'Orders');
    const app = createApplication({
      groups: [groupOf('Orders', {}, { keys: [bad] }), groupOf('Products', {}, everything)],
    });
    app.source.put(key, 'v1');
    const error = refused();
    app.source.failFor(bad, error);
    await app.preload.run();

    expect(app.preload.progress()).toEqual([
      { group: 'Orders', state: 'failed', entries: 0, reason: 'upstream_refused' },
      { group: 'Products', state: 'complete', entries: 1 },
    ]);
    expect(app.logger.at('warn')).toHaveLength(1);
    expect(app.logger.at('error')).toMatchObject([{ fields: { group: 'Orders', error } }]);
  });

  it('is partial if something is in', async () => {
    const app = created(4, { groups: [groupOf('Products', {}, { keys: keysOf(2), everything: true })] });
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived();
    app.source.failWith(refused());
    gate.open();
    await run;

    expect(app.preload.progress()).toMatchObject([
      { state: 'partial', entries: 2, reason: 'upstream_refused' },
    ]);
  });

  it('is tried again after what passes', async () => {
    const app = created(4);
    app.source.failNext(unavailable());
    app.source.failNext(throttled());
    const run = app.preload.run();
    await app.clock.advance(50);
    await run;

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 4 }]);
  });

  it('is tried again after a loss of contact in all its parts', async () => {
    const app = created(4);
    for (let count = 0; count < 4; count += 1) app.source.failNext(unreachable());
    const run = app.preload.run();
    await app.clock.advance(4_000);
    await run;

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 4 }]);
  });

  it('does not take all the time there is if the source stays out of reach', async () => {
    const app = created(4);
    app.source.failWith(unreachable());
    const run = app.preload.run();
    const state = watch(run);
    await app.clock.advance(3_000);

    expect(state.state()).toBe('resolved');
    expect(app.preload.progress()).toMatchObject([{ state: 'failed', reason: 'upstream_unavailable' }]);
  });

  it('does not reject, whatever is wrong', async () => {
    const app = created(4);
    app.source.failWith(new TypeError('a defect'));
    await app.preload.run();

    expect(app.preload.progress()).toMatchObject([{ state: 'failed', reason: 'internal' }]);
  });

  it('is skipped with a warning if its ttl keeps nothing fresh', async () => {
    for (const ttlMs of [0, -1]) {
      const app = created(4, { groups: [groupOf('Products', { ttlMs }, everything)] });
      await app.preload.run();

      expect(app.source.calls).toEqual([]);
      expect(app.preload.progress()).toMatchObject([{ state: 'skipped', entries: 0 }]);
      expect(app.logger.at('warn')).toHaveLength(1);
    }
  });
});

describe('a preload beside requests', () => {
  it('does not keep them waiting', async () => {
    const app = created(4);
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived();
    app.source.hold().open();
    expect(textOf(await app.read(keyOf('k0')))).toBe('v1');
    gate.open();

    await run;
  });

  it('does not overwrite with a page what was read after it was asked', async () => {
    const app = created(1);
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived(4);
    app.source.put(keyOf('k0'), 'v2');
    app.source.hold().open();
    await app.read(keyOf('k0'), NO_CACHE);
    gate.open();
    await run;

    expect(textOf(await app.read(keyOf('k0')))).toBe('v2');
  });

  it('brings nothing back that is invalidated while its page is on the way', async () => {
    const app = created(2);
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived(4);
    app.invalidator.invalidate(keyOf('k0'));
    gate.open();
    await run;

    expect(app.store.get(keyOf('k0'))).toBeUndefined();
    expect(app.store.get(keyOf('k1'))).toBeDefined();
  });

  it('brings nothing back of a group that is invalidated while its pages are on the way', async () => {
    const app = created(4);
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived(4);
    app.invalidator.invalidateGroup('Products');
    gate.open();
    await run;

    expect(app.store.usage().entries).toBe(0);
  });
});
