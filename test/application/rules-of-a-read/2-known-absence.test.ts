import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  filledApplication,
  keyOf,
  ONLY_IF_CACHED,
  refused,
  textOf,
  unavailable,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('a negative entry', () => {
  it('rule 2: is served for its own lifetime, and read again after that', async () => {
    const { read, source, clock } = createApplication();
    expect(await read(key)).toMatchObject({ outcome: 'absent', cache: { source: 'origin', stored: true } });
    source.put(key, 'v1');
    await clock.advance(9_999);
    expect(await read(key)).toMatchObject({ outcome: 'absent', cache: { source: 'memory', ttlMs: 1 } });

    await clock.advance(1);
    expect(textOf(await read(key))).toBe('v1');
  });

  it.each([
    ['unavailable', unavailable(), 'upstream_unavailable'],
    ['refused', refused(), 'upstream_refused'],
  ])('rule 2: is not served beyond its lifetime, even with the source %s', async (_, error, code) => {
    const { read, source, clock } = createApplication();
    await read(key);
    await clock.advance(10_000);
    source.failWith(error);

    await expect(read(key)).rejects.toMatchObject({ code });
    await expect(read(key, ONLY_IF_CACHED)).rejects.toMatchObject({ code: 'not_in_cache' });
  });

  it('rule 2: replaces an item, so that a later failure of the source does not serve that item', async () => {
    const { read, source, clock } = await filledApplication();
    source.remove(key);
    await clock.advance(91_000);
    expect(await read(key)).toMatchObject({ outcome: 'absent' });
    source.failWith(unavailable());
    await clock.advance(10_000);

    await expect(read(key)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});
