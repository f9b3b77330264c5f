import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  createPreload,
  everything,
  groupOf,
  keyOf,
  keysOf,
  refused,
  throttled,
  unavailable,
  unreachable,
  watch,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

const NOTHING = { answers: [], unprocessed: [] };

/** The first of them, and no more. */
function* brokenOff<T>(answers: Iterable<T>): Generator<T> {
  for (const answer of answers) {
    yield answer;
    throw unavailable();
  }
}

describe('a group that cannot be preloaded', () => {
  it('fails alone, with its error code and an error in the log', async () => {
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
    expect(app.logger.at('error')).toEqual([
      { level: 'error', message: 'a group could not be preloaded', fields: { group: 'Orders', error } },
    ]);
  });

  it('reads the listed keys alone that a batch omits, within the limit of concurrent calls', async () => {
    const keys = keysOf(5);
    let running = 0;
    let most = 0;
    const app = createApplication({
      maxSourceReads: 2,
      groups: [groupOf('Products', {}, { keys })],
      throughSource: (origin) => ({
        batchLimit: 5,
        read: (asked, want) => origin.read(asked, want),
        readMany: async (asked, want) => {
          running += 1;
          most = Math.max(most, running);
          const answer = asked.length > 1 ? NOTHING : await origin.readMany(asked, want);
          running -= 1;
          return answer;
        },
      }),
    });
    for (const each of keys) app.source.put(each, 'v1');
    await app.preload.run();

    expect(app.preload.progress()).toEqual([{ group: 'Products', state: 'complete', entries: 5 }]);
    expect(app.source.calls).toHaveLength(5);
    expect(most).toBeLessThanOrEqual(2);
  });

  it('loads the other keys if one that is read alone keeps failing', async () => {
    const keys = keysOf(4);
    const [bad = key] = keys;
    const app = createApplication({
      groups: [groupOf('Products', {}, { keys })],
      throughSource: (origin) => ({ read: (asked, options) => origin.read(asked, options) }),
    });
    for (const each of keys) app.source.put(each, 'v1');
    app.source.failFor(bad, unavailable());
    const run = app.preload.run();
    await app.clock.advance(5_000);
    await run;

    expect(app.preload.progress()).toMatchObject([
      { state: 'partial', entries: 3, reason: 'upstream_unavailable' },
    ]);
  });

  it('ends as soon as one of its parts fails', async () => {
    const app = createPreload(8, {
      throughSource: (origin) => ({
        read: (asked, want) => origin.read(asked, want),
        readGroup: (group, cursor, want) =>
          cursor.part === 0 ? Promise.reject(refused()) : origin.readGroup(group, cursor, want),
      }),
    });
    app.source.hold();
    await app.preload.run();

    expect(app.preload.progress()).toMatchObject([{ state: 'failed', reason: 'upstream_refused' }]);
    expect(app.source.calls.map(({ want }) => want.signal.aborted)).toEqual([true, true, true]);
  });

  it('loads the other listed keys first if one of them is refused', async () => {
    const keys = keysOf(8);
    const app = createPreload(8, { groups: [groupOf('Products', {}, { keys })], batchLimit: 1 });
    app.source.failFor(keys[0] ?? key, refused());
    await app.preload.run();

    expect(app.preload.progress()).toMatchObject([
      { state: 'partial', entries: 7, reason: 'upstream_refused' },
    ]);
  });

  it('loads the other listed keys of a batch that says why it refuses one', async () => {
    const keys = keysOf(8);
    const app = createPreload(8, {
      groups: [groupOf('Products', {}, { keys })],
      throughSource: (origin) => ({
        batchLimit: 4,
        read: (asked, want) => origin.read(asked, want),
        readMany: async ([first = key, ...others], want) => ({
          ...(await origin.readMany(others, want)),
          refused: [{ key: first, error: refused() }],
        }),
      }),
    });
    await app.preload.run();

    expect(app.preload.progress()).toMatchObject([
      { state: 'partial', entries: 6, reason: 'upstream_refused' },
    ]);
  });

  it('is partial if some entries are stored', async () => {
    const app = createPreload(4, {
      groups: [groupOf('Products', {}, { keys: keysOf(2), everything: true })],
    });
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

  it('is retried after a transient failure', async () => {
    const app = createPreload(4);
    app.source.failNext(unavailable());
    app.source.failNext(throttled());
    const run = app.preload.run();
    await app.clock.advance(50);
    await run;

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 4 }]);
  });

  it('counts no entry twice when a partly unreadable page is read again', async () => {
    let pages = 0;
    const app = createPreload(8, {
      throughSource: (origin) => ({
        read: (asked, want) => origin.read(asked, want),
        readGroup: async (...question) => {
          const { answers, ...page } = await origin.readGroup(...question);
          pages += 1;
          return { ...page, answers: pages === 1 ? brokenOff(answers) : answers };
        },
      }),
    });
    const run = app.preload.run();
    await app.clock.advance(50);
    await run;

    expect(pages).toBe(5);
    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 8 }]);
  });

  it('is retried after all its parts have lost contact', async () => {
    const app = createPreload(4);
    for (let count = 0; count < 4; count += 1) app.source.failNext(unreachable());
    const run = app.preload.run();
    await app.clock.advance(4_000);
    await run;

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 4 }]);
  });

  it('ends before the time-out if the source stays unreachable', async () => {
    const app = createPreload(4);
    app.source.failWith(unreachable());
    const run = app.preload.run();
    const state = watch(run);
    await app.clock.advance(3_000);

    expect(state.state()).toBe('resolved');
    expect(app.preload.progress()).toMatchObject([{ state: 'failed', reason: 'upstream_unavailable' }]);
  });

  it('never rejects', async () => {
    const app = createPreload(4);
    app.source.failWith(new TypeError('a defect'));
    await app.preload.run();

    expect(app.preload.progress()).toMatchObject([{ state: 'failed', reason: 'internal' }]);
  });

  it('is skipped with a warning if its ttl keeps nothing fresh', async () => {
    for (const ttlMs of [0, -1]) {
      const app = createPreload(4, { groups: [groupOf('Products', { ttlMs }, everything)] });
      await app.preload.run();

      expect(app.source.calls).toEqual([]);
      expect(app.preload.progress()).toMatchObject([
        { state: 'skipped', entries: 0, reason: 'its ttl keeps nothing fresh' },
      ]);
      expect(app.logger.at('warn')).toHaveLength(1);
    }
  });
});
