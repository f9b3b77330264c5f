import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  filledApplication,
  keyOf,
  ONLY_IF_CACHED,
  textOf,
  unavailable,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('a ttl of zero or less', () => {
  it.each([0, -1_000])('rule 3: asks the source for every read with a ttl of %d ms', async (ttlMs) => {
    const { read, source } = await filledApplication({ lifetimes: { ttlMs } });

    expect(await read(key)).toMatchObject({ cache: { source: 'origin' } });
    expect(source.countOf('read')).toBe(2);
    await expect(read(key, ONLY_IF_CACHED)).rejects.toMatchObject({ code: 'not_in_cache' });
  });

  it('rule 3: keeps an entry for transient failures of the source', async () => {
    const { read, source, clock } = await filledApplication({ lifetimes: { ttlMs: 0 } });
    source.failWith(unavailable());
    await clock.advance(3_600_000);
    const answer = await read(key);

    expect(textOf(answer)).toBe('v1');
    expect(answer.cache).toEqual({ source: 'memory-after-failure', ttlMs: -3_600_000 });
  });

  it('rule 3: keeps nothing without a stale-if-error window', async () => {
    const { store } = await filledApplication({ lifetimes: { ttlMs: 0, staleIfErrorMs: 0 } });

    expect(store.usage().entries).toBe(0);
  });

  it('rule 3: lets concurrent readers share a read', async () => {
    const { read, source, clock } = createApplication({ lifetimes: { ttlMs: 0 } });
    source.put(key, 'v1');
    const gate = source.hold();
    const readings = [read(key), read(key), read(key)];
    await gate.arrived();
    await clock.advance(10);
    gate.open();

    expect((await Promise.all(readings)).map(textOf)).toEqual(['v1', 'v1', 'v1']);
    expect(source.countOf('read')).toBe(1);
  });

  it.each([0, -1])(
    'rule 3: keeps neither a negative entry with a negative ttl of %d ms nor the earlier entry',
    async (negativeTtlMs) => {
      const { read, source, store, clock } = await filledApplication({ lifetimes: { negativeTtlMs } });
      source.remove(key);
      await clock.advance(91_000);
      const cache = { source: 'origin', stored: false };
      expect(await read(key)).toMatchObject({ outcome: 'absent', cache });
      expect(await read(key)).toMatchObject({ outcome: 'absent', cache });
      expect(store.usage().entries).toBe(0);
    },
  );
});
