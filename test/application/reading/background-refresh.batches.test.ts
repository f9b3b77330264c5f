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

const other = keyOf('other');

/** Two keys are in memory, with a second to live, and marked for the next batch; the source has `v2` of one. */
const marked = async (options: Parameters<typeof filledApplication>[0] = {}) => {
  const app = await filledApplication(options);
  await fill(app, other);
  await app.clock.advance(59_000);
  app.source.calls.length = 0;
  for (const each of [key, other]) await app.read(each);
  return app;
};

describe('a batch', () => {
  it('ends the stale windows of a key that its answer omits because the source refuses it', async () => {
    const app = await marked({
      throughSource: (source) => ({
        batchLimit: 100,
        read: (asked, want) => source.read(asked, want),
        readMany: async () => ({ answers: [], unprocessed: [] }),
      }),
    });
    app.source.failFor(key, refused());
    await app.refresh.runBatch();

    expect(app.store.get(key)?.refused).toBe(true);
  });
});

describe('a batch whose answer says why a key is refused', () => {
  it('ends the stale windows of the key, without reading it alone', async () => {
    const app = await marked({
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
    await app.refresh.runBatch();

    expect(app.store.get(key)?.refused).toBe(true);
    expect(app.source.countOf('read')).toBe(0);
  });
});

describe('a running batch', () => {
  it('is awaited by the next call of runBatch', async () => {
    const app = await marked();
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

  it('lasts as long as the single reads of its keys', async () => {
    const app = await marked();
    const gate = app.source.hold();
    void app.singleFlight.refresh(key);
    void app.singleFlight.refresh(other);
    const batch = watch(app.refresh.runBatch());
    await app.clock.advance(0);
    expect(batch.state()).toBe('pending');
    expect(app.source.countOf('readMany')).toBe(0);
    gate.open();
    await app.clock.advance(0);

    expect(batch.state()).toBe('resolved');
  });
});

describe('a batch that fails', () => {
  it('reads no key alone after a transient failure', async () => {
    const app = await marked();
    app.source.failWith(unavailable());
    await app.refresh.runBatch();

    expect(app.source.countOf('read')).toBe(0);
    expect(app.source.countOf('readMany')).toBe(1);
  });

  it('logs a defect, because no reader waits for it', async () => {
    const app = await marked();
    const error = new TypeError('a defect');
    app.source.failWith(error);
    await app.refresh.runBatch();

    expect(app.logger.lines).toEqual([
      { level: 'error', message: 'a background refresh failed with a defect', fields: { error } },
    ]);
  });

  it('leaves no key without an end if an answer cannot be stored', async () => {
    const app = await marked();
    const { put } = app.store;
    app.store.put = () => {
      throw new RangeError('no memory');
    };
    await app.refresh.runBatch();
    app.store.put = put.bind(app.store);

    expect(textOf(await app.read(key, NO_CACHE))).toBe('v2');
  });

  it('reads each key alone if it is refused', async () => {
    const app = await marked();
    app.source.failNext(refused());
    await app.refresh.runBatch();

    expect(app.logger.lines).toEqual([]);
    expect(textOf(await app.read(key))).toBe('v2');
  });
});

it('a batch leaves out a key in backoff', async () => {
  const app = await marked();
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
