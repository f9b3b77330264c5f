import { describe, expect, it } from '@jest/globals';
import { createApplication, groupOf, keyOf } from '../../support/application/create-application.ts';

describe('ReportStatus', () => {
  it('combines the store usage, the counts and the preload progress', async () => {
    const app = createApplication({
      groups: [groupOf('Products', {}, { everything: true })],
    });
    app.source.put(keyOf('k'), 'v1');
    expect(app.status.status().preload).toEqual([{ group: 'Products', state: 'waiting', entries: 0 }]);
    await app.preload.run();
    await app.read(keyOf('k'));

    expect(app.status.status()).toMatchObject({
      store: { ...app.store.usage(), entries: 1 },
      counts: { hits: 1, misses: 0 },
      preload: [{ group: 'Products', state: 'complete', entries: 1 }],
    });
  });

  it('includes observed and forwarded reads only if there were any', () => {
    const app = createApplication();
    expect(Object.keys(app.status.status())).toEqual(['store', 'counts', 'preload']);
    app.observations.missed('Products');
    app.forwards.count('write');

    expect(app.status.status()).toMatchObject({
      observed: [{ group: 'Products', reads: 1 }],
      forwarded: { write: 1 },
    });
  });

  it('returns a snapshot that does not change afterwards', async () => {
    const app = createApplication();
    const before = app.status.status();
    await app.read(keyOf('k'));

    expect(before.counts.misses).toBe(0);
    expect(app.status.status().counts.misses).toBe(1);
  });
});
