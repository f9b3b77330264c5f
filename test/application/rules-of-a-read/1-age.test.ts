import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  filledApplication,
  keyOf,
  textOf,
  unavailable,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('the age of an entry', () => {
  it('rule 1: counts from the moment at which the source was asked, even if it answered late', async () => {
    const { read, source, clock } = createApplication();
    source.put(key, 'v1');
    const gate = source.hold();
    const reading = read(key);
    await clock.advance(1_500);
    gate.open();
    expect(await reading).toMatchObject({ ageMs: 1_500 });

    await clock.advance(1_000);
    expect(await read(key)).toMatchObject({ ageMs: 2_500, cache: { source: 'memory', ttlMs: 57_500 } });
  });

  it('rule 1: counts from when the origin was asked, if an intermediate cache answered', async () => {
    const { read, source, clock } = createApplication({
      throughSource: (origin) => ({
        read: async (asked, want) => {
          const answer = await origin.read(asked, want);
          return { ...answer, askedAt: answer.askedAt - 50_000 };
        },
      }),
    });
    source.put(key, 'v1');
    await read(key);

    expect(await read(key)).toMatchObject({ ageMs: 50_000, cache: { ttlMs: 10_000 } });
    await clock.advance(10_000);
    expect(await read(key)).toMatchObject({ cache: { stale: 'stale-while-revalidate' } });
  });

  it('rule 1: advances while the process is frozen', async () => {
    const { read, clock } = await filledApplication();
    clock.freeze(91_000);

    expect(textOf(await read(key))).toBe('v2');
  });

  it('rule 1: reaches the lifetime at expiry, and both stale windows begin there', async () => {
    const { read, source, clock } = await filledApplication();
    source.failWith(unavailable());
    await clock.advance(59_999);
    expect(await read(key)).toMatchObject({ cache: { source: 'memory', ttlMs: 1 } });
    await clock.advance(1);
    expect(await read(key)).toMatchObject({ cache: { ttlMs: 0, stale: 'stale-while-revalidate' } });
    await clock.advance(30_000);
    expect(await read(key)).toMatchObject({ cache: { stale: 'stale-while-revalidate' } });
    await clock.advance(1_001);
    expect(await read(key)).toMatchObject({ cache: { source: 'memory-after-failure' } });
    // An hour from expiry: the windows overlap, they do not follow one another.
    await clock.advance(3_600_000 - 31_001);
    expect(await read(key)).toMatchObject({ cache: { source: 'memory-after-failure' } });
    await clock.advance(1_000);
    await expect(read(key)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });

  it('rule 1: exceeds every lifetime for an entry from the future, after the clock was set back', async () => {
    const { read, clock } = await filledApplication({ lifetimes: { staleWhileRevalidateMs: 0 } });
    clock.setWall(clock.now() - 1);

    expect(textOf(await read(key))).toBe('v2');
  });

  it('rule 1: is not reset by a stale hit', async () => {
    const { read, source, clock } = await filledApplication();
    source.failWith(unavailable());
    await clock.advance(70_000);
    await read(key);
    await clock.advance(5_000);

    expect(await read(key)).toMatchObject({ ageMs: 75_000, cache: { ttlMs: -15_000 } });
  });
});
