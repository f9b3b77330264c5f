import { describe, expect, it } from '@jest/globals';
import type { ItemSource } from '../../../src/ports/outbound/item-source.ts';
import {
  ANY,
  type Application,
  createApplication,
  groupOf,
  keyOf,
  keysOf,
  NO_CACHE,
  ONLY_IF_CACHED,
  PLAIN,
  refused,
  TYPED,
  textOf,
  throttled,
  unavailable,
  unreachable,
  watch,
} from '../../support/application/create-application.ts';
import type { FakeItemSource } from '../../support/fakes/fake-item-source.ts';

const key = keyOf('k');

/** The keys are in memory, in the last tenth of their lifetime, and were read there; the source has `v2` by now. */
const used = async (options: Parameters<typeof createApplication>[0], ...keys: readonly (typeof key)[]) => {
  const app = createApplication(options);
  for (const each of keys) {
    app.source.put(each, 'v1');
    await app.read(each);
    app.source.put(each, 'v2');
  }
  await app.clock.advance(54_000);
  app.source.calls.length = 0;
  for (const each of keys) await app.read(each);
  return app;
};

/** The keys of all calls since the entries were used, in the order of the calls. */
const keysAskedFor = ({ source }: Application): readonly string[] =>
  source.calls.flatMap((call) => {
    if (call.method === 'readMany') return call.keys.map(({ id }) => id);
    return call.method === 'read' ? [call.key.id] : [];
  });

describe('BackgroundRefresh', () => {
  it('refreshes an entry that was used in the last tenth of its lifetime', async () => {
    const app = await used({}, key);
    await app.refresh.runBatch();

    expect(keysAskedFor(app)).toEqual(['k']);
    const answer = await app.read(key);
    expect(textOf(answer)).toBe('v2');
    expect(answer.cache).toEqual({ source: 'memory', ttlMs: 60_000 });
  });

  it('does not refresh an entry that was only used earlier', async () => {
    const app = createApplication();
    app.source.put(key, 'v1');
    await app.read(key);
    await app.clock.advance(53_999);
    await app.read(key);
    await app.refresh.runBatch();

    expect(app.source.calls).toHaveLength(1);
  });

  it('does not refresh an entry that was only used with only-if-cached', async () => {
    const app = createApplication();
    app.source.put(key, 'v1');
    await app.read(key);
    await app.clock.advance(59_000);
    await app.read(key, ONLY_IF_CACHED);
    await app.refresh.runBatch();

    expect(keysAskedFor(app)).toEqual(['k']);
  });

  it('refreshes nothing without a stale-while-revalidate window', async () => {
    const app = await used({ lifetimes: { staleWhileRevalidateMs: 0 } }, key);
    await app.refresh.runBatch();

    expect(keysAskedFor(app)).toEqual([]);
  });

  it('refreshes a key once, even if it was used several times', async () => {
    const app = await used({}, key);
    await app.refresh.runBatch();
    await app.refresh.runBatch();

    expect(keysAskedFor(app)).toEqual(['k']);
  });

  it('does not refresh a key that is no longer due', async () => {
    const app = await used({}, key, keyOf('gone'), keyOf('read'));
    app.invalidator.invalidate(keyOf('gone'));
    await app.read(keyOf('read'), NO_CACHE);
    await app.refresh.runBatch();

    expect(keysAskedFor(app)).toEqual(['read', 'k']);
  });

  it('refreshes at most 100 keys in one batch', async () => {
    const app = await used({}, ...keysOf(130));
    await app.refresh.runBatch();

    expect(keysAskedFor(app)).toHaveLength(100);
  });

  it('reads each group separately, within the batch limit of the source', async () => {
    const app = await used(
      { groups: [groupOf('Products'), groupOf('Orders')], batchLimit: 3 },
      ...keysOf(5),
      ...keysOf(2, 'o', 'Orders'),
    );
    await app.refresh.runBatch();
    const batches = app.source.calls.flatMap((call) =>
      call.method === 'readMany' ? [call.keys.map(({ id }) => id).join()] : [],
    );

    expect(batches).toEqual(['k0,k1,k2', 'k3,k4', 'o0,o1']);
  });

  it('requests all content types that the group keeps', async () => {
    const app = await used({}, key);
    app.source.put(keyOf('typed'), 'v1');
    await app.read(keyOf('typed'), ANY, TYPED);
    await app.refresh.runBatch();

    expect(app.source.calls.at(-1)?.want.contentTypes).toEqual([PLAIN, TYPED]);
  });

  it('reads keys one by one from a source without batches', async () => {
    const keys = keysOf(3);
    const app = await used({ throughSource: (source) => source.oneByOne() }, ...keys);
    await app.refresh.runBatch();

    expect(app.source.countOf('read')).toBe(3);
    expect(textOf(await app.read(keyOf('k2')))).toBe('v2');
  });

  it('stores that an item is absent', async () => {
    const app = await used({}, key);
    app.source.remove(key);
    await app.refresh.runBatch();

    expect(await app.read(key)).toMatchObject({ outcome: 'absent', cache: { source: 'memory' } });
  });

  it('treats an unprocessed key as neither absent nor refreshed', async () => {
    const app = await used({}, key, keyOf('other'));
    app.source.leaveUnprocessed(key);
    await app.refresh.runBatch();
    expect(keysAskedFor(app)).toEqual(['k', 'other']);
    expect(textOf(await app.read(key))).toBe('v1');
    await app.refresh.runBatch();

    expect(textOf(await app.read(key))).toBe('v2');
  });

  it('asks again for an unprocessed key that a reader waits for', async () => {
    const app = await used({}, key, keyOf('other'));
    app.source.leaveUnprocessed(key, keyOf('other'));
    const gate = app.source.hold();
    const batch = app.refresh.runBatch();
    await gate.arrived();
    const { outcome, collapsed } = app.singleFlight.join(key, { contentType: PLAIN, exact: false });
    gate.open();
    await batch;

    expect(collapsed).toBe(true);
    expect(await outcome).toMatchObject({ stored: true });
    expect(keysAskedFor(app)).toEqual(['k', 'other', 'k']);
  });

  it('does not refresh a key that was not used since its last refresh', async () => {
    const app = await used({}, key, keyOf('other'));
    app.source.leaveUnprocessed(key);
    await app.refresh.runBatch();
    await app.refresh.runBatch();

    expect(keysAskedFor(app)).toEqual(['k', 'other']);
  });

  it('never rejects, even if the source fails', async () => {
    for (const error of [unavailable(), refused(), new TypeError('a defect')]) {
      const app = await used({}, key);
      app.source.failWith(error);
      await expect(app.refresh.runBatch()).resolves.toBeUndefined();
      expect(textOf(await app.read(key))).toBe('v1');
    }
  });

  it('does not refresh a key for a second after a transient failure of its batch', async () => {
    const app = await used({}, key);
    app.source.failWith(throttled());
    await app.refresh.runBatch();
    await app.read(key);
    await app.clock.advance(999);
    await app.refresh.runBatch();
    expect(keysAskedFor(app)).toEqual(['k']);

    await app.clock.advance(1);
    await app.read(key);
    await app.refresh.runBatch();
    expect(keysAskedFor(app)).toEqual(['k', 'k']);
  });

  it('abandons a frozen batch and drops its answer', async () => {
    const app = await used({}, key, keyOf('other'));
    const gate = app.source.hold();
    const first = watch(app.refresh.runBatch());
    await gate.arrived();
    app.clock.freeze(1_000);
    app.source.put(key, 'v3');
    app.source.hold().open();
    await app.read(key);
    app.singleFlight.abandonFrozen();
    await app.refresh.runBatch();
    await app.clock.advance(0);

    expect(first.state()).toBe('resolved');
    expect(textOf(await app.read(key))).toBe('v3');
    expect(app.status.status().counts.sourceFailures).toBe(0);
  });

  it('starts no second read of a stale entry while a batch reads it, and starts one after that', async () => {
    const app = await used({}, key);
    await app.clock.advance(5_000);
    await app.read(key);
    const gate = app.source.hold();
    const batch = app.refresh.runBatch();
    await gate.arrived();
    await app.clock.advance(1_500);
    expect(await app.read(key)).toMatchObject({ cache: { stale: 'stale-while-revalidate' } });
    await app.clock.advance(0);
    expect(keysAskedFor(app)).toEqual(['k']);
    gate.open();
    await batch;
    expect(textOf(await app.read(key))).toBe('v2');

    await app.clock.advance(60_000);
    await app.read(key);
    await app.clock.advance(0);
    expect(keysAskedFor(app)).toEqual(['k', 'k']);
  });

  it('waits for a running single read instead of reading its key in a batch', async () => {
    const app = await used({}, key, keyOf('other'));
    await app.clock.advance(6_000);
    const gate = app.source.hold();
    await app.read(key);
    await gate.arrived();
    const batch = app.refresh.runBatch();
    const state = watch(batch);
    await gate.arrived(2);
    await app.clock.advance(0);
    expect(keysAskedFor(app)).toEqual(['k', 'other']);
    expect(state.state()).toBe('pending');
    gate.open();

    await batch;
    expect(textOf(await app.read(key))).toBe('v2');
  });

  it.each([
    ['a batch', createApplication],
    ['single reads', () => createApplication({ throughSource: (source) => source.oneByOne() })],
  ])('reads the key of a frozen read in %s', async (_, create) => {
    const app = create();
    app.source.put(key, 'v1');
    await app.read(key);
    await app.clock.advance(60_000);
    app.source.hold();
    await app.read(key);
    await app.clock.advance(0);
    app.clock.freeze(1_000);
    app.source.put(key, 'v2');
    app.source.hold().open();
    app.singleFlight.abandonFrozen();
    await app.refresh.runBatch();

    expect(textOf(await app.read(key, ONLY_IF_CACHED))).toBe('v2');
    expect(app.source.calls).toHaveLength(3);
  });

  it('shares the read of a batch with a reader of its key', async () => {
    const app = await used({}, key, keyOf('other'));
    const gate = app.source.hold();
    const batch = app.refresh.runBatch();
    await gate.arrived();
    const { outcome, collapsed } = app.singleFlight.join(key, { contentType: PLAIN, exact: false });
    gate.open();
    await Promise.all([batch, outcome]);

    expect(collapsed).toBe(true);
    expect(keysAskedFor(app)).toEqual(['k', 'other']);
  });

  it('does not undo an invalidation', async () => {
    const app = await used({}, key);
    const gate = app.source.hold();
    const batch = app.refresh.runBatch();
    await gate.arrived();
    app.invalidator.invalidate(key);
    gate.open();
    await batch;

    expect(app.store.get(key)).toBeUndefined();
  });
});

describe('without INVOKE events', () => {
  it('refreshes an entry at once if it is used in the last tenth of its lifetime', async () => {
    const app = await used({ refreshesAtOnce: true }, key);
    await app.clock.advance(0);

    expect(keysAskedFor(app)).toEqual(['k']);
    expect(textOf(await app.read(key))).toBe('v2');
  });

  it('refreshes it once, even if it is used again meanwhile', async () => {
    const app = await used({ refreshesAtOnce: true }, keyOf('other'));
    app.source.put(key, 'v1');
    await app.read(key);
    await app.clock.advance(59_000);
    const gate = app.source.hold();
    const before = app.source.calls.length;
    for (let use = 1; use <= 5; use += 1) await app.read(key);
    await gate.arrived();
    gate.open();
    await app.clock.advance(0);

    expect(app.source.calls.length - before).toBe(1);
  });

  it('refreshes a stale entry once', async () => {
    const app = createApplication({ refreshesAtOnce: true });
    app.source.put(key, 'v1');
    await app.read(key);
    await app.clock.advance(61_000);
    expect((await app.read(key)).cache).toMatchObject({ stale: 'stale-while-revalidate' });
    await app.clock.advance(0);

    expect(app.source.countOf('read')).toBe(2);
  });

  it.each([
    ['a transient failure', unavailable()],
    ['a refusal', refused()],
    ['a defect', new TypeError('a defect')],
  ])('does not refresh a key for a second after %s', async (_, error) => {
    const app = await used({ refreshesAtOnce: true }, keyOf('other'));
    app.source.put(key, 'v1');
    await app.read(key);
    await app.clock.advance(58_000);
    app.source.failWith(error);
    const before = app.source.calls.length;
    for (const ms of [0, 500, 499]) {
      await app.clock.advance(ms);
      await app.read(key);
    }
    await app.clock.advance(0);
    expect(app.source.calls.length - before).toBe(1);
    await app.clock.advance(1);
    await app.read(key);
    await app.clock.advance(0);

    expect(app.source.calls.length - before).toBe(2);
  });

  it('leaves nothing to a batch', async () => {
    const app = await used({ refreshesAtOnce: true }, key);
    await app.clock.advance(5_000);
    app.source.calls.length = 0;
    await app.refresh.runBatch();

    expect(keysAskedFor(app)).toEqual([]);
  });
});

describe('BackgroundRefresh, after stale hits in an outage', () => {
  const STALE_IF_ERROR_ONLY = { lifetimes: { staleWhileRevalidateMs: 0 } };

  it('refreshes with the next invocation, so that no reader waits to find the outage over', async () => {
    const app = createApplication(STALE_IF_ERROR_ONLY);
    app.source.put(key, 'v1');
    await app.read(key);
    await app.clock.advance(60_000);
    app.source.failWith(unavailable());
    expect(textOf(await app.read(key))).toBe('v1');
    app.source.heal();
    app.source.put(key, 'v2');
    await app.clock.advance(2_000);
    await app.refresh.runBatch();

    const answer = await app.read(key);
    expect(textOf(answer)).toBe('v2');
    expect(answer.cache).toMatchObject({ source: 'memory' });
  });

  it('probes a group with an open circuit, if every probe of a reader is frozen', async () => {
    const app = createApplication(STALE_IF_ERROR_ONLY);
    app.source.put(key, 'v1');
    await app.read(key);
    await app.clock.advance(60_000);
    app.source.failWith(unreachable());
    for (const lost of keysOf(3, 'lost')) await app.read(lost).catch(() => undefined);
    await app.read(key);
    app.source.heal();
    app.source.put(key, 'v2');
    await app.clock.advance(60_000);
    app.singleFlight.abandonFrozen();
    await app.refresh.runBatch();

    expect(textOf(await app.read(key))).toBe('v2');
  });
});

describe('BackgroundRefresh, in batches', () => {
  it('does not abandon a batch that is running and not frozen, and reads no key twice', async () => {
    const app = await used({}, key);
    const gate = app.source.hold();
    void app.refresh.runBatch();
    await gate.arrived();
    await app.clock.advance(150);
    await app.read(key);
    const again = app.refresh.runBatch();
    gate.open();
    await again;

    expect(keysAskedFor(app)).toEqual(['k']);
    expect(textOf(await app.read(key))).toBe('v2');
  });

  it('reads the keys one by one if batches are refused, and keeps the stale windows of their entries', async () => {
    const throughSource = (source: FakeItemSource): ItemSource => ({
      batchLimit: 100,
      read: (each, want) => source.read(each, want),
      readMany: () => Promise.reject(refused()),
    });
    const app = await used({ throughSource }, key, keyOf('other'));
    await app.refresh.runBatch();

    expect(keysAskedFor(app)).toEqual(['k', 'other']);
    expect(textOf(await app.read(key))).toBe('v2');
    expect(textOf(await app.read(keyOf('other')))).toBe('v2');
  });
});
