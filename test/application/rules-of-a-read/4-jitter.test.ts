import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  filledApplication,
  groupOf,
  keyOf,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('jitter', () => {
  it('rule 4: shortens the lifetime of preloaded entries, by up to a tenth', async () => {
    const { read, source, preload, clock } = createApplication({
      groups: [groupOf('Products', {}, { everything: true })],
      fraction: 0.9999,
    });
    source.put(key, 'v1');
    await preload.run();
    const { cache } = await read(key);

    expect(cache).toMatchObject({ source: 'memory' });
    if (cache.source !== 'memory') return;
    expect(cache.ttlMs).toBeGreaterThanOrEqual(54_000);
    expect(cache.ttlMs).toBeLessThan(54_010);
    await clock.advance(54_010);
    expect(await read(key)).toMatchObject({ cache: { stale: 'stale-while-revalidate' } });
  });

  it('rule 4: leaves requested entries their full lifetime', async () => {
    const { read } = await filledApplication({ fraction: 0.9999 });

    expect(await read(key)).toMatchObject({ cache: { source: 'memory', ttlMs: 60_000 } });
  });
});
