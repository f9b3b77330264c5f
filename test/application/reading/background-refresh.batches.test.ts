import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  fill,
  filledApplication,
  keyOf,
  NO_CACHE,
  refused,
  textOf,
  unavailable,
  watch,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

/** The key is in memory, with a second to live, and is noted for the next batch; the source has `v2` by now. */
const noted = async () => {
  const app = await filledApplication();
  await app.clock.advance(59_000);
  await app.read(key);
  return app;
};

describe('a batch', () => {
  it('ends the stale windows of a key that its answer omits because the source refuses it', async () => {
    const app = await filledApplication({
      throughSource: (source) => ({
        batchLimit: 100,
        read: (asked, want) => source.read(asked, want),
        readMany: async () => ({ answers: [], unprocessed: [] }),
      }),
    });
    await app.clock.advance(59_000);
    await app.read(key);
    app.source.failFor(key, refused());
    await app.refresh.runBatch();

    expect(app.store.get(key)?.refused).toBe(true);
  });
});

describe('a batch whose answer says why a key is refused', () => {
  it('ends the stale windows of the key, without reading it alone', async () => {
    const app = await filledApplication({
      throughSource: (source) => ({
        batchLimit: 100,
        read: (asked, want) => source.read(asked, want),
        readMany: async (keys) => ({
          answers: [],
          unprocessed: [],
          refused: keys.map((each) => ({ key: each, error: refused() })),
        }),
      }),
    });
    await app.clock.advance(59_000);
    await app.read(key);
    await app.refresh.runBatch();

    expect(app.store.get(key)?.refused).toBe(true);
    expect(app.source.countOf('read')).toBe(1);
  });
});

describe('a running batch', () => {
  it.each([
    [500, 1],
    [501, 2],
  ])('counts as frozen after more than 500 ms: after %d ms there are %d', async (ms, batches) => {
    const app = await noted();
    app.source.hold();
    void app.refresh.runBatch();
    await app.clock.advance(ms);
    await app.read(key);
    app.source.hold().open();
    void app.refresh.runBatch();
    await app.clock.advance(0);

    expect(app.source.countOf('readMany')).toBe(batches);
  });

  it('is awaited by the next call of runBatch', async () => {
    const app = await noted();
    const gate = app.source.hold();
    void app.refresh.runBatch();
    await app.clock.advance(100);
    const again = watch(app.refresh.runBatch());
    await app.clock.advance(0);
    expect(again.state()).toBe('pending');
    gate.open();
    await app.clock.advance(0);

    expect(again.state()).toBe('resolved');
  });

  it('lasts as long as the single read of its only key', async () => {
    const app = await noted();
    const gate = app.source.hold();
    void app.singleFlight.refresh(key);
    const batch = watch(app.refresh.runBatch());
    await app.clock.advance(0);
    expect(batch.state()).toBe('pending');
    expect(app.source.countOf('readMany')).toBe(0);
    gate.open();
    await app.clock.advance(0);

    expect(batch.state()).toBe('resolved');
  });

  it('counts as frozen when the clock is set back', async () => {
    const app = await noted();
    app.source.hold();
    void app.refresh.runBatch();
    await app.clock.advance(100);
    await app.read(key);
    app.clock.setWall(app.clock.now() - 101);
    app.source.hold().open();
    void app.refresh.runBatch();
    await app.clock.advance(0);

    expect(app.source.countOf('readMany')).toBe(2);
  });

  it('is aborted with a reason', async () => {
    const app = await noted();
    app.source.hold();
    void app.refresh.runBatch();
    await app.clock.advance(0);
    app.clock.freeze(1_000);
    await app.refresh.runBatch();

    expect(app.source.calls.at(-1)?.want.signal.reason).toEqual(new Error('a newer batch takes its place'));
  });

  it('is still the running batch when an abandoned one ends', async () => {
    const app = await noted();
    app.source.hold();
    const first = app.refresh.runBatch();
    await app.clock.advance(501);
    await app.read(key);
    app.source.hold();
    void app.refresh.runBatch();
    await first;
    await app.clock.advance(0);
    await app.read(key);
    void app.refresh.runBatch();
    await app.clock.advance(0);

    expect(app.source.countOf('readMany')).toBe(2);
  });

  it('lets the next batch start as soon as it has ended', async () => {
    const app = await filledApplication();
    await fill(app, keyOf('other'));
    await app.clock.advance(59_000);
    for (const each of [key, keyOf('other')]) {
      await app.read(each);
      await app.refresh.runBatch();
    }

    expect(app.source.countOf('readMany')).toBe(2);
  });
});

describe('a batch that fails', () => {
  it('reads no key alone after a transient failure', async () => {
    const app = await noted();
    app.source.failWith(unavailable());
    await app.refresh.runBatch();

    expect(app.source.countOf('read')).toBe(1);
    expect(app.source.calls).toHaveLength(2);
  });

  it('logs a defect, because no reader waits for it', async () => {
    const app = await noted();
    const error = new TypeError('a defect');
    app.source.failWith(error);
    await app.refresh.runBatch();

    expect(app.logger.lines).toEqual([
      { level: 'error', message: 'a background refresh failed with a defect', fields: { error } },
    ]);
  });

  it('reads each key alone if it is refused', async () => {
    const app = await noted();
    app.source.failNext(refused());
    await app.refresh.runBatch();

    expect(app.logger.lines).toEqual([]);
    expect(textOf(await app.read(key))).toBe('v2');
  });
});

it('a batch leaves out a key in backoff', async () => {
  const app = await noted();
  app.source.failNext(unavailable());
  await expect(app.read(key, NO_CACHE)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  await app.refresh.runBatch();

  expect(app.source.countOf('readMany')).toBe(0);
});

it('without INVOKE events, no stale hit is left to a batch', async () => {
  const app = createApplication({ refreshesAtOnce: true, lifetimes: { staleWhileRevalidateMs: 0 } });
  app.source.put(key, 'v1');
  await app.read(key);
  await app.clock.advance(60_000);
  app.source.failNext(unavailable());
  expect(textOf(await app.read(key))).toBe('v1');
  await app.clock.advance(2_000);
  await app.refresh.runBatch();

  expect(app.source.countOf('readMany')).toBe(0);
});
