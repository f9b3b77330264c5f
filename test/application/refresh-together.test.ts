import { describe, expect, it } from '@jest/globals';
import type { SourceRefusedError } from '../../src/domain/cache/errors.ts';
import type { ItemSource } from '../../src/ports/outbound/item-source.ts';
import {
  type ApplicationOptions,
  createApplication,
  fill,
  groupOf,
  keyOf,
  NO_CACHE,
  refused,
  textOf,
  unreachable,
} from '../support/application/create-application.ts';
import type { FakeItemSource } from '../support/fakes/fake-item-source.ts';

const EXPIRED_MS = 60_001;

/** So many stale entries; the source has `v2` of each by now, and all its calls so far are counted in `before`. */
const stale = async (count: number, options: ApplicationOptions = {}) => {
  const app = createApplication(options);
  const keys = Array.from({ length: count }, (_, index) => keyOf(`k${index}`));
  await fill(app, ...keys);
  await app.clock.advance(EXPIRED_MS);
  for (const key of keys) app.source.put(key, 'v2');
  const before = app.source.calls.length;
  const calls = () => app.source.calls.slice(before).map(({ method }) => method);
  const readAll = () => Promise.all(keys.map((key) => app.read(key)));
  return { ...app, keys, calls, readAll };
};

/** A source that refuses the first of several keys, and says why. */
const refusingFirst =
  (error: SourceRefusedError) =>
  (source: FakeItemSource): ItemSource => ({
    batchLimit: 100,
    read: (key, want) => source.read(key, want),
    readMany: async ([key = keyOf('k0'), ...others], want) => ({
      ...(await source.readMany(others, want)),
      refused: [{ key, error }],
    }),
  });

describe('background refreshes that begin together', () => {
  it('of 100 keys make one upstream call, and store every answer', async () => {
    const app = await stale(100);

    expect((await app.readAll()).map(textOf)).toEqual(app.keys.map(() => 'v1'));
    await app.clock.advance(0);
    expect(app.calls()).toEqual(['readMany']);
    expect((await app.readAll()).map(textOf)).toEqual(app.keys.map(() => 'v2'));
    expect(app.calls()).toEqual(['readMany']);
  });

  it.each([
    [101, 100, ['readMany', 'read']],
    [250, 100, ['readMany', 'readMany', 'readMany']],
    [7, 3, ['readMany', 'readMany', 'read']],
    [1, 100, ['read']],
  ])('of %d keys respect a batch limit of %d', async (count, batchLimit, methods) => {
    const app = await stale(count, { batchLimit });
    await app.readAll();
    await app.clock.advance(0);

    expect(app.calls()).toEqual(methods);
  });

  it('read each key alone if the source takes no batches', async () => {
    const app = await stale(3, {
      throughSource: (source) => ({ read: (key, want) => source.read(key, want) }),
    });
    await app.readAll();
    await app.clock.advance(0);

    expect(app.calls()).toEqual(['read', 'read', 'read']);
  });

  it('read each key alone if the source does not say how many it takes', async () => {
    const app = await stale(2, {
      throughSource: (source) => ({
        read: (key, want) => source.read(key, want),
        readMany: (keys, want) => source.readMany(keys, want),
      }),
    });
    await app.readAll();
    await app.clock.advance(0);

    expect(app.calls()).toEqual(['read', 'read']);
  });

  it('read each key alone if batches are refused', async () => {
    const app = await stale(3);
    app.source.failNext(refused());
    await app.readAll();
    await app.clock.advance(0);

    expect(app.calls()).toEqual(['readMany', 'read', 'read', 'read']);
    expect((await app.readAll()).map(textOf)).toEqual(['v2', 'v2', 'v2']);
  });

  it('read a key alone that the answer omits because the source refused it', async () => {
    const app = await stale(3, {
      throughSource: (source) => ({
        batchLimit: 100,
        read: (key, want) => source.read(key, want),
        readMany: (keys, want) => source.readMany(keys.slice(1), want),
      }),
    });
    await app.readAll();
    await app.clock.advance(0);

    expect(app.calls()).toEqual(['readMany', 'read']);
    expect((await app.readAll()).map(textOf)).toEqual(['v2', 'v2', 'v2']);
  });

  it('end the stale windows of a key that is refused within an answer, without reading it alone', async () => {
    const app = await stale(3, { throughSource: refusingFirst(refused()) });
    await app.readAll();
    await app.clock.advance(0);

    expect(app.keys.map((key) => app.store.get(key)?.refused)).toEqual([true, false, false]);
    expect(app.calls()).toEqual(['readMany']);
  });

  it('reject the reader of a key that is refused within an answer, and then read for an exact request', async () => {
    const refusal = refused();
    const app = await stale(3, { throughSource: refusingFirst(refusal) });
    const gate = app.source.hold();
    await app.readAll();
    await app.clock.advance(0);
    const [key = keyOf('k0')] = app.keys;
    app.store.delete(key);
    const joined = app.read(key);
    const exact = app.read(key, NO_CACHE);
    gate.open();

    await expect(joined).rejects.toBe(refusal);
    expect(textOf(await exact)).toBe('v2');
    expect(app.calls()).toEqual(['readMany', 'read']);
  });

  it('ignore a second answer for the same key', async () => {
    const app = await stale(3, {
      throughSource: (source) => ({
        batchLimit: 100,
        read: (key, want) => source.read(key, want),
        readMany: async (keys, want) => ({
          ...(await source.readMany([...keys, ...keys.slice(0, 1)], want)),
          refused: keys.slice(0, 1).map((key) => ({ key, error: refused() })),
        }),
      }),
    });
    await app.readAll();
    await app.clock.advance(0);

    expect((await app.readAll()).map(textOf)).toEqual(['v2', 'v2', 'v2']);
    expect(app.calls()).toEqual(['readMany']);
    expect(app.logger.at('error')).toEqual([]);
    expect(app.logger.at('warn')).toEqual([]);
  });

  it('respect a batch limit that the source lowers', async () => {
    let batchLimit = 100;
    const app = await stale(2, {
      throughSource: (source) => ({
        get batchLimit() {
          return batchLimit;
        },
        read: (key, want) => source.read(key, want),
        readMany: (keys, want) => source.readMany(keys, want),
      }),
    });
    batchLimit = 1;
    await app.readAll();
    await app.clock.advance(0);

    expect(app.calls()).toEqual(['read', 'read']);
  });

  it('start the backoff of all keys after a transient failure, without reading them one by one', async () => {
    const app = await stale(3);
    app.source.failNext(unreachable());
    await app.readAll();
    await app.clock.advance(0);
    await app.readAll();
    await app.clock.advance(0);

    expect(app.calls()).toEqual(['readMany']);
  });

  it('read keys of several groups in one batch each', async () => {
    const groups = [groupOf('Products'), groupOf('Orders')];
    const app = createApplication({ groups });
    const keys = [keyOf('a'), keyOf('b'), keyOf('a', 'Orders'), keyOf('b', 'Orders')];
    await fill(app, ...keys);
    await app.clock.advance(EXPIRED_MS);
    for (const key of keys) void app.read(key);
    await app.clock.advance(0);

    expect(app.source.countOf('readMany')).toBe(2);
  });

  it('are joined by a reader, but not by an exact request', async () => {
    const app = await stale(2);
    const gate = app.source.hold();
    await app.readAll();
    await app.clock.advance(0);
    const [key = keyOf('k0')] = app.keys;
    app.store.delete(key);
    const joined = app.read(key);
    const exact = app.read(key, NO_CACHE);
    gate.open();

    expect(textOf(await joined)).toBe('v2');
    expect(textOf(await exact)).toBe('v2');
    expect(app.calls()).toEqual(['readMany', 'read']);
  });

  it('log a defect if no reader waits for one of them', async () => {
    const app = await stale(2);
    const error = new TypeError('a defect');
    app.source.failNext(error);
    await app.readAll();
    await app.clock.advance(0);

    expect(app.logger.at('error')).toMatchObject([{ fields: { error } }]);
  });

  it('leave a defect to the reader that waits for one of them', async () => {
    const app = await stale(2);
    const error = new TypeError('a defect');
    app.source.failNext(error);
    const gate = app.source.hold();
    await app.readAll();
    await app.clock.advance(0);
    const [key = keyOf('k0')] = app.keys;
    app.store.delete(key);
    const joined = app.read(key);
    gate.open();

    await expect(joined).rejects.toBe(error);
    expect(app.logger.at('error')).toEqual([]);
  });

  it('store no answer for a key that was invalidated meanwhile', async () => {
    const app = await stale(2);
    const gate = app.source.hold();
    await app.readAll();
    await app.clock.advance(0);
    const [key = keyOf('k0'), other = keyOf('k1')] = app.keys;
    app.invalidator.invalidate(key);
    gate.open();
    await app.clock.advance(0);

    expect(app.store.get(key)).toBeUndefined();
    expect(app.store.get(other)).toBeDefined();
  });

  it('are repeated for a waiting reader when an invocation finds them frozen', async () => {
    const app = await stale(2);
    app.source.hold();
    await app.readAll();
    await app.clock.advance(0);
    const [key = keyOf('k0')] = app.keys;
    app.store.delete(key);
    const joined = app.read(key);
    app.clock.freeze(1_000);
    app.source.hold().open();
    app.singleFlight.abandonFrozen();

    expect(textOf(await joined)).toBe('v2');
    expect(app.calls()).toEqual(['readMany', 'read']);
  });
});
