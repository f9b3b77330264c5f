import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  createPreload,
  everything,
  groupOf,
  keyOf,
  keysOf,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('Preload', () => {
  it('loads the listed keys first, in batches, and then everything', async () => {
    const keys = keysOf(5, 'listed');
    const app = createPreload(10, {
      groups: [groupOf('Products', {}, { keys, everything: true })],
      batchLimit: 2,
    });
    for (const each of keys) app.source.put(each, 'v1');
    await app.preload.run();

    const methods = app.source.calls.map(({ method }) => method);
    expect(methods.slice(0, 3)).toEqual(['readMany', 'readMany', 'readMany']);
    expect(new Set(methods.slice(3))).toEqual(new Set(['readGroup']));
    expect(app.store.usage().entries).toBe(15);
    expect(app.preload.progress()).toStrictEqual([{ group: 'Products', state: 'complete', entries: 15 }]);
  });

  it('reads the rest only after the listed keys are stored', async () => {
    const app = createPreload(2, {
      groups: [groupOf('Products', {}, { keys: [keyOf('k0')], everything: true })],
    });
    expect(app.preload.progress()).toStrictEqual([{ group: 'Products', state: 'waiting', entries: 0 }]);
    const gate = app.source.hold();
    const run = app.preload.run();
    expect(app.preload.progress()).toStrictEqual([{ group: 'Products', state: 'running', entries: 0 }]);
    await gate.arrived();
    await app.clock.advance(0);
    expect(app.source.calls.map(({ method }) => method)).toEqual(['readMany']);
    gate.open();

    await run;
    expect(app.store.usage().entries).toBe(2);
  });

  it('loads only the listed keys if nothing else is configured', async () => {
    const app = createPreload(3, { groups: [groupOf('Products', {}, { keys: [keyOf('k1')] })] });
    await app.preload.run();

    expect(app.source.countOf('readGroup')).toBe(0);
    expect(app.store.usage().entries).toBe(1);
    expect(await app.read(keyOf('k1'))).toMatchObject({ cache: { source: 'memory' } });
  });

  it('caches a negative entry for an absent listed key, and none for other keys', async () => {
    const app = createPreload(1, { groups: [groupOf('Products', {}, { keys: [key], everything: true })] });
    await app.preload.run();

    expect(await app.read(key)).toMatchObject({ outcome: 'absent', cache: { source: 'memory' } });
    expect(await app.read(keyOf('other'))).toMatchObject({ outcome: 'absent', cache: { source: 'origin' } });
    expect(app.preload.progress()).toEqual([{ group: 'Products', state: 'complete', entries: 1 }]);
  });

  it('reads unprocessed keys again, and never treats them as absent', async () => {
    const keys = keysOf(4);
    const app = createPreload(4, { groups: [groupOf('Products', {}, { keys })] });
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

  it('treats keys that stay unprocessed as neither absent nor loaded', async () => {
    const app = createPreload(2, {
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

  it('reads the parts of a group, and the groups, at the same time', async () => {
    const app = createPreload(8, {
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
    const app = createPreload(100);
    await app.preload.run();

    expect(app.store.usage().entries).toBe(100);
  });

  it('loads keys one by one from a source without batches, and reports that it cannot read whole groups', async () => {
    const app = createPreload(3, {
      groups: [groupOf('Products', {}, { keys: keysOf(2), everything: true })],
      throughSource: (source) => source.oneByOne(),
    });
    await app.preload.run();

    expect(app.source.countOf('read')).toBe(2);
    expect(app.preload.progress()).toMatchObject([
      { state: 'partial', entries: 2, reason: 'the source cannot read a whole group' },
    ]);
  });

  it('keeps to the limit of calls where the source reads single keys, although it has a batch limit', async () => {
    const app = createPreload(3, {
      groups: [groupOf('Products', {}, { keys: keysOf(3) })],
      maxSourceReads: 1,
      throughSource: (source) => ({ batchLimit: 100, read: (each, want) => source.read(each, want) }),
    });
    const held = app.source.hold();
    const run = app.preload.run();
    await held.arrived();
    await app.clock.advance(0);
    expect(app.source.calls).toHaveLength(1);
    held.open();
    await run;

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 3 }]);
  });

  it('does nothing and logs nothing if it is off or has nothing to load', async () => {
    for (const app of [createPreload(1, { preload: false }), createApplication()]) {
      await app.preload.run();
      expect(app.preload.progress()).toEqual([]);
      expect(app.source.calls).toEqual([]);
      expect(app.logger.lines).toEqual([]);
    }
  });

  it('logs in one line that it is complete, and its duration', async () => {
    const app = createPreload(2);
    await app.clock.advance(5_000);
    const gate = app.source.hold();
    const run = app.preload.run();
    await app.clock.advance(300);
    gate.open();
    await run;

    expect(app.logger.lines).toEqual([
      {
        level: 'info',
        message: 'preload is complete',
        fields: { durationMs: 300, groups: [{ group: 'Products', state: 'complete', entries: 2 }] },
      },
    ]);
    expect(app.clock.pendingTasks).toBe(0);
  });
});
