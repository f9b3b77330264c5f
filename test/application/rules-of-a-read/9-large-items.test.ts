import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  filledApplication,
  groupOf,
  keyOf,
  NO_CACHE,
  textOf,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('a large item', () => {
  it('rule 9: is returned but not stored, and removes an older entry of its key', async () => {
    const { read, source, store } = await filledApplication({ maxBytes: 800 });
    expect(store.get(key)).toBeDefined();
    source.put(key, 'x'.repeat(101));
    const answer = await read(key, NO_CACHE);

    expect(textOf(answer)).toHaveLength(101);
    expect(answer.cache).toMatchObject({ source: 'origin', stored: false });
    expect(store.get(key)).toBeUndefined();
  });

  it('rule 9: is not preloaded, and does not end the preload', async () => {
    const { source, preload, store } = createApplication({
      groups: [groupOf('Products', {}, { everything: true })],
      maxBytes: 800,
    });
    source.put(key, 'x'.repeat(101));
    source.put(keyOf('small'), 'x');
    await preload.run();

    expect(preload.progress()).toMatchObject([
      { state: 'partial', entries: 1, reason: 'items too large to be kept: 1' },
    ]);
    expect(store.get(key)).toBeUndefined();
  });
});
