import { describe, expect, it } from '@jest/globals';
import {
  ANY,
  createApplication,
  fill,
  keyOf,
  NO_CACHE,
  PLAIN,
  TYPED,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('ReadItem', () => {
  it('answers a hit synchronously, with the stored bytes', async () => {
    const app = createApplication();
    await fill(app, key);
    const answer = app.reader.read(key, { contentType: PLAIN, freshness: ANY });

    expect(answer).toEqual({
      outcome: 'found',
      body: app.store.get(key)?.bodies[0],
      ageMs: 0,
      cache: { source: 'memory', ttlMs: 60_000 },
    });
    expect(answer).toMatchObject({ body: { contentType: PLAIN, digest: 'plain-djE' } });
  });

  it('reports the reason of a miss', async () => {
    const app = createApplication();
    const reasonOf = async (freshness = ANY) => (await app.read(key, freshness)).cache;
    app.source.put(key, 'v1');

    expect(await reasonOf()).toMatchObject({ source: 'origin', reason: 'uri-miss' });
    expect(await reasonOf(NO_CACHE)).toMatchObject({ source: 'origin', reason: 'request' });
    await app.clock.advance(60_000);
    expect(await reasonOf(NO_CACHE)).toMatchObject({ source: 'origin', reason: 'stale' });
    await app.clock.advance(90_001);
    expect(await reasonOf()).toMatchObject({ source: 'origin', reason: 'stale' });
    await app.clock.advance(60_000 + 3_600_001);
    expect(await reasonOf()).toMatchObject({ source: 'origin', reason: 'stale' });
  });

  it('treats a key of an unknown group as a defect', async () => {
    await expect(createApplication().read(keyOf('k', 'Unknown'))).rejects.toThrow(RangeError);
  });

  it('treats a source that returns no body of the requested type as defective', async () => {
    const { read, source } = createApplication({
      throughSource: (origin) => ({
        read: (asked, want) => origin.read(asked, { ...want, contentTypes: [PLAIN] }),
      }),
    });
    source.put(key, 'v1');

    await expect(read(key, ANY, TYPED)).rejects.toThrow('the source made no body of type');
  });

  it('rejects with a defect, without a stale hit', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(91_000);
    const defect = new TypeError('a defect');
    app.source.failWith(defect);

    await expect(app.read(key)).rejects.toBe(defect);
  });
});
