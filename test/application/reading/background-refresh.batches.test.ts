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

describe('a batch that is on its way', () => {
  it.each([
    [500, 1],
    [501, 2],
  ])('counts as slept after more than half a second: after %d ms there are %d', async (ms, batches) => {
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

  it('is waited for by who asks for another one', async () => {
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

  it('lasts as long as the flight that reads its only key', async () => {
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

  it('counts as slept when the clock went back', async () => {
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

  it('is told why it is given up', async () => {
    const app = await noted();
    app.source.hold();
    void app.refresh.runBatch();
    await app.clock.advance(0);
    app.clock.freeze(1_000);
    await app.refresh.runBatch();

    expect(app.source.calls.at(-1)?.want.signal.reason).toEqual(new Error('a newer batch takes its place'));
  });

  it('is not forgotten when one that was given up ends', async () => {
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

  it('makes way for the next when it has ended, however soon', async () => {
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
  it('asks for no key by itself if that passes', async () => {
    const app = await noted();
    app.source.failWith(unavailable());
    await app.refresh.runBatch();

    expect(app.source.countOf('read')).toBe(1);
    expect(app.source.calls).toHaveLength(2);
  });

  it('is told of by a line in the log if that is a defect, because nobody waits for it', async () => {
    const app = await noted();
    const error = new TypeError('a defect');
    app.source.failWith(error);
    await app.refresh.runBatch();

    expect(app.logger.lines).toEqual([
      { level: 'error', message: 'a background refresh failed with a defect', fields: { error } },
    ]);
  });

  it('leaves the word to the single reads if it is refused', async () => {
    const app = await noted();
    app.source.failNext(refused());
    await app.refresh.runBatch();

    expect(app.logger.lines).toEqual([]);
    expect(textOf(await app.read(key))).toBe('v2');
  });
});

it('a key that failed a moment ago is left out of a batch', async () => {
  const app = await noted();
  app.source.failNext(unavailable());
  await expect(app.read(key, NO_CACHE)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  await app.refresh.runBatch();

  expect(app.source.countOf('readMany')).toBe(0);
});

it('where refreshes begin at once, nothing that was answered stale is left to a batch', async () => {
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
