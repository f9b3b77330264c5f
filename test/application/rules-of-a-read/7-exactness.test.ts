import { describe, expect, it } from '@jest/globals';
import type { Freshness } from '../../../src/ports/inbound/item-reader.ts';
import {
  filledApplication,
  keyOf,
  maxAge,
  NO_CACHE,
  ONLY_IF_CACHED,
  TYPED,
  textOf,
  unavailable,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('a request for exactness', () => {
  it('rule 7: is answered by the source with no-cache, even on a fresh entry', async () => {
    const { read } = await filledApplication();
    const answer = await read(key, NO_CACHE);

    expect(textOf(answer)).toBe('v2');
    expect(answer.cache).toEqual({ source: 'origin', reason: 'request', stored: true, collapsed: false });
    expect(textOf(await read(key))).toBe('v2');
  });

  it('rule 7: is answered from memory with max-age up to that age, and by the source beyond it', async () => {
    const { read, clock } = await filledApplication();
    await clock.advance(5_000);
    expect(textOf(await read(key, maxAge(5)))).toBe('v1');
    await clock.advance(1);
    const answer = await read(key, maxAge(5));

    expect(textOf(answer)).toBe('v2');
    expect(answer.cache).toMatchObject({ source: 'origin', reason: 'request' });
  });

  it('rule 7: asks the source with max-age=0 unless the entry was read in the same millisecond', async () => {
    const { read, clock } = await filledApplication();
    expect(textOf(await read(key, maxAge(0)))).toBe('v1');
    await clock.advance(1);

    expect(textOf(await read(key, maxAge(0)))).toBe('v2');
  });

  it('rule 7: gets no stale hit, even with a large max-age', async () => {
    const { read, clock } = await filledApplication();
    await clock.advance(60_000);

    expect(await read(key, maxAge(3_600))).toMatchObject({ cache: { source: 'origin', reason: 'stale' } });
  });

  it.each([
    ['no-cache', NO_CACHE],
    ['max-age', maxAge(1)],
  ])('rule 7: is answered with the failure with %s, and the entry is kept', async (_, freshness) => {
    const { read, source, clock } = await filledApplication();
    await clock.advance(10_000);
    const error = unavailable();
    source.failWith(error);
    await expect(read(key, freshness)).rejects.toBe(error);
    expect(textOf(await read(key))).toBe('v1');

    await clock.advance(60_000);
    await expect(read(key, freshness)).rejects.toBe(error);
    expect(textOf(await read(key))).toBe('v1');
  });

  it('rule 7: is answered from memory alone with only-if-cached, up to the end of stale-while-revalidate', async () => {
    const { read, source, clock, refresh } = await filledApplication();
    await clock.advance(59_000);
    expect(textOf(await read(key, ONLY_IF_CACHED))).toBe('v1');
    await clock.advance(31_000);
    expect(await read(key, ONLY_IF_CACHED)).toMatchObject({ cache: { stale: 'stale-while-revalidate' } });
    await refresh.runBatch();
    await clock.advance(1);
    await expect(read(key, ONLY_IF_CACHED)).rejects.toMatchObject({ code: 'not_in_cache' });
    await expect(read(keyOf('unknown'), ONLY_IF_CACHED)).rejects.toMatchObject({
      code: 'not_in_cache',
      message: expect.stringContaining('memory has no answer that the request allows'),
    });

    expect(source.calls).toHaveLength(1);
  });

  it('rule 7: is not answered with only-if-cached in a content type that is not cached', async () => {
    const { read, source } = await filledApplication();

    await expect(read(key, ONLY_IF_CACHED, TYPED)).rejects.toMatchObject({ code: 'not_in_cache' });
    expect(source.calls).toHaveLength(1);
  });

  it('rule 7: with only-if-cached and max-age, gets nothing older and no stale hit', async () => {
    const { read, source, clock } = await filledApplication();
    const within = (seconds: number): Freshness => ({ kind: 'only-if-cached', seconds });
    await clock.advance(10_000);
    expect(textOf(await read(key, within(10)))).toBe('v1');
    await expect(read(key, within(9))).rejects.toMatchObject({ code: 'not_in_cache' });
    await clock.advance(50_000);
    await expect(read(key, within(1_000))).rejects.toMatchObject({ code: 'not_in_cache' });

    expect(source.calls).toHaveLength(1);
  });
});
