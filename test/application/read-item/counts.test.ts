import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  fill,
  keyOf,
  refused,
  unavailable,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('the counts', () => {
  it('distinguish hits, stale hits, misses and failures', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.read(key);
    await app.read(key);
    await app.clock.advance(60_000);
    await app.read(key);
    await app.clock.advance(0);
    app.source.failWith(refused());
    await expect(app.read(keyOf('other'))).rejects.toThrow();

    expect(app.status.status().counts).toEqual({
      hits: 2,
      staleHits: 1,
      misses: 2,
      collapsed: 0,
      failures: 1,
      sourceReads: 3,
      sourceFailures: 1,
    });
  });

  it('count a fallback as a stale hit, after a failed call or during backoff', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(unavailable());
    await app.read(key);
    await app.read(key);

    expect(app.status.status().counts).toMatchObject({
      staleHits: 2,
      misses: 2,
      failures: 0,
      sourceReads: 2,
    });
  });

  it('count only a failure if no stale entry exists', async () => {
    const app = createApplication();
    app.source.failWith(unavailable());
    await expect(app.read(key)).rejects.toThrow();

    expect(app.status.status().counts).toMatchObject({ staleHits: 0, misses: 1, failures: 1 });
  });

  it('count readers that shared a read', async () => {
    const app = createApplication();
    const gate = app.source.hold();
    const readings = [app.read(key), app.read(key), app.read(key)];
    await gate.arrived();
    gate.open();
    await Promise.all(readings);

    expect(app.status.status().counts).toMatchObject({ misses: 3, collapsed: 2, sourceReads: 1 });
  });
});
