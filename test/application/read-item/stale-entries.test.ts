import { describe, expect, it } from '@jest/globals';
import {
  ANY,
  createApplication,
  fill,
  keyOf,
  NO_CACHE,
  PLAIN,
  textOf,
  unavailable,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('a stale entry', () => {
  it('is served at once during a background refresh, and the new entry after it', async () => {
    const app = createApplication();
    await fill(app, key);
    app.source.put(key, 'v2');
    await app.clock.advance(60_000);
    const answer = app.reader.read(key, { contentType: PLAIN, freshness: ANY });

    expect(answer).toMatchObject({
      ageMs: 60_000,
      cache: { source: 'memory', ttlMs: 0, stale: 'stale-while-revalidate' },
    });
    await app.clock.advance(0);
    expect(textOf(await app.read(key))).toBe('v2');
    expect(app.source.countOf('read')).toBe(2);
  });

  it('is refreshed once for any number of concurrent readers', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(60_000);
    const gate = app.source.hold();
    await Promise.all([app.read(key), app.read(key), app.read(key)]);
    await gate.arrived();

    expect(app.source.countOf('read')).toBe(2);
    gate.open();
  });

  it('is served to waiting readers after a transient failure, with that status', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(unavailable());

    expect(await app.read(key)).toMatchObject({
      outcome: 'found',
      ageMs: 90_001,
      cache: { source: 'memory-after-failure', ttlMs: -30_001 },
    });
  });

  it('is served at once for a second after a transient failure, before the source is asked again', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(unavailable());
    await app.read(key);
    await app.clock.advance(999);
    expect(app.reader.read(key, { contentType: PLAIN, freshness: ANY })).toMatchObject({
      cache: { source: 'memory', stale: 'stale-if-error' },
    });
    expect(app.source.countOf('read')).toBe(2);

    await app.clock.advance(1);
    await app.read(key);
    expect(app.source.countOf('read')).toBe(3);
  });

  it('is not refreshed for a second after a transient failure', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(60_000);
    app.source.failWith(unavailable());
    await app.read(key);
    await app.clock.advance(999);
    await app.read(key);
    await app.clock.advance(0);
    expect(app.source.countOf('read')).toBe(2);

    await app.clock.advance(1);
    await app.read(key);
    await app.clock.advance(0);
    expect(app.source.countOf('read')).toBe(3);
  });

  it('ends the backoff once its key was read', async () => {
    const app = createApplication({ lifetimes: { ttlMs: 0 } });
    await fill(app, key);
    app.source.failNext(unavailable());
    await app.read(key);
    app.source.put(key, 'v2');
    await app.read(key, NO_CACHE);
    app.source.put(key, 'v3');

    expect(textOf(await app.read(key))).toBe('v3');
  });

  it('is never served to a no-cache request, not even after a failure', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(unavailable());
    await app.read(key);
    app.source.heal();

    expect(await app.read(key, NO_CACHE)).toMatchObject({ cache: { source: 'origin' } });
  });

  it('is not served to a waiting reader after its invalidation', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(unavailable());
    const gate = app.source.hold();
    const reading = app.read(key);
    await gate.arrived();
    app.invalidator.invalidate(key);
    gate.open();

    await expect(reading).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});
