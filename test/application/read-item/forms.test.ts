import { describe, expect, it } from '@jest/globals';
import {
  ANY,
  createApplication,
  fill,
  keyOf,
  PLAIN,
  TYPED,
  textOf,
  unavailable,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('the content types of an entry', () => {
  it('are read from the source when first requested, and both are kept from then on', async () => {
    const app = createApplication();
    app.source.put(key, { [PLAIN]: 'plain', [TYPED]: 'typed' });
    expect(textOf(await app.read(key))).toBe('plain');
    const typed = await app.read(key, ANY, TYPED);
    expect(textOf(typed)).toBe('typed');
    expect(typed.cache).toMatchObject({ source: 'origin', reason: 'uri-miss' });

    expect(await app.read(key, ANY, TYPED)).toMatchObject({ cache: { source: 'memory' } });
    expect(await app.read(key)).toMatchObject({ cache: { source: 'memory' } });
    expect(app.source.calls.map(({ want }) => want.contentTypes)).toEqual([[PLAIN], [PLAIN, TYPED]]);
  });

  it('do not matter for a negative entry', async () => {
    const app = createApplication();
    await app.read(key);

    expect(await app.read(key, ANY, TYPED)).toMatchObject({ outcome: 'absent', cache: { source: 'memory' } });
  });

  it('are not replaced by each other when the source fails', async () => {
    const app = createApplication();
    await fill(app, key);
    app.source.failWith(unavailable());

    await expect(app.read(key, ANY, TYPED)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});
