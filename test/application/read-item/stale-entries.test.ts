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
  it('is answered at once while it is read again behind, and the new one from then on', async () => {
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

  it('is read again once, however many readers it has meanwhile', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(60_000);
    const gate = app.source.hold();
    await Promise.all([app.read(key), app.read(key), app.read(key)]);
    await gate.arrived();

    expect(app.source.countOf('read')).toBe(2);
    gate.open();
  });

  it('is answered to who waited when the source fails in passing, and says so', async () => {
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

  it('is answered at once for a second after a passing failure, before the source is asked again', async () => {
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

  it('is not read again behind for a second after a passing failure', async () => {
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

  it('does not hold readers back any more once its key was read', async () => {
    const app = createApplication({ lifetimes: { ttlMs: 0 } });
    await fill(app, key);
    app.source.failNext(unavailable());
    await app.read(key);
    app.source.put(key, 'v2');
    await app.read(key, NO_CACHE);
    app.source.put(key, 'v3');

    expect(textOf(await app.read(key))).toBe('v3');
  });

  it('stands in for no-cache neither at once nor after the failure', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(unavailable());
    await app.read(key);
    app.source.heal();

    expect(await app.read(key, NO_CACHE)).toMatchObject({ cache: { source: 'origin' } });
  });

  it('is gone for who waits while it is invalidated', async () => {
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
