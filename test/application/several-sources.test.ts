import { describe, expect, it } from '@jest/globals';
import { createCache, type GroupParts } from '../../src/application/create-cache.ts';
import {
  ANY,
  groupOf,
  keyOf,
  keysOf,
  PLAIN,
  textOf,
  throttled,
  unreachable,
  watch,
} from '../support/application/create-application.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { FakeItemSource } from '../support/fakes/fake-item-source.ts';
import { FixedRandom } from '../support/fakes/fixed-random.ts';
import { MapCacheStore } from '../support/fakes/map-cache-store.ts';
import { PlainDigest } from '../support/fakes/plain-digest.ts';
import { RecordingLogger } from '../support/fakes/recording-logger.ts';

type GroupOptions = Partial<Pick<GroupParts, 'limits' | 'preload'>> & { readonly batchLimit?: number };

/** A cache with two groups, `First` and `Second`, each with a source of its own. */
const create = ({ first = {}, second = {} }: { first?: GroupOptions; second?: GroupOptions } = {}) => {
  const clock = new FakeClock();
  const sources = {
    first: new FakeItemSource(clock, first.batchLimit),
    second: new FakeItemSource(clock, second.batchLimit),
  };
  const cache = createCache(
    {
      groups: [
        { ...groupOf('First'), ...first, source: sources.first },
        { ...groupOf('Second'), ...second, source: sources.second },
      ],
      store: new MapCacheStore({ maxBytes: 1024 * 1024 }),
      clock,
      random: new FixedRandom(0),
      digest: new PlainDigest(),
      logger: new RecordingLogger(),
    },
    { maxSourceReads: 2, maxWaitingReads: 3, preload: true },
  );
  const read = async (key = keyOf('k', 'First')) =>
    cache.reader.read(key, { contentType: PLAIN, freshness: ANY });
  return { ...cache, clock, ...sources, read };
};

const inFirst = keyOf('k', 'First');
const inSecond = keyOf('k', 'Second');

describe('a cache with two sources', () => {
  it('asks for each group the source of that group', async () => {
    const { first, second, read } = create();
    first.put(inFirst, 'of the first');
    second.put(inSecond, 'of the second');

    expect(textOf(await read(inFirst))).toBe('of the first');
    expect(textOf(await read(inSecond))).toBe('of the second');
    expect([first.calls.length, second.calls.length]).toEqual([1, 1]);
  });

  it('reads from one source while the other one hangs with all its slots taken and its queue full', async () => {
    const { first, second, read, clock } = create();
    second.put(inSecond, 'v1');
    first.hold();
    const flood = keysOf(20, 'k', 'First').map((key) => watch(read(key)));
    await clock.advance(0);

    expect(first.countOf('read')).toBe(2);
    expect(flood.filter(({ state }) => state() === 'rejected')).toHaveLength(15);
    expect(textOf(await read(inSecond))).toBe('v1');
  });

  it('keeps asking one source while the circuit of the other one is open', async () => {
    const { first, second, read } = create();
    first.failWith(unreachable());
    for (const key of keysOf(5, 'k', 'First')) await read(key).catch(() => undefined);
    const asked = first.calls.length;
    await expect(read(keyOf('another', 'First'))).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(first.calls).toHaveLength(asked);

    second.put(inSecond, 'v1');
    expect(textOf(await read(inSecond))).toBe('v1');
  });

  it('keeps asking one source at once while the other one is throttled', async () => {
    const { first, second, read } = create();
    first.failWith(throttled());
    await expect(read(inFirst)).rejects.toMatchObject({ code: 'throttled' });
    second.put(inSecond, 'v1');

    expect(textOf(await read(inSecond))).toBe('v1');
  });

  it('gives each source the time-out of its own limits', async () => {
    const { first, second, read, clock } = create({ first: { limits: { timeoutMs: 500 } } });
    first.hold();
    second.hold();
    const [one, other] = [watch(read(inFirst)), watch(read(inSecond))];

    await clock.advance(500);
    expect([one.state(), other.state()]).toEqual(['rejected', 'pending']);
    await clock.advance(1_500);
    expect(other.state()).toBe('rejected');
  });

  it('refreshes hot keys of one source with the next invocation while the batch of the other one hangs', async () => {
    const { first, second, read, refresh, clock } = create();
    first.put(inFirst, 'v1');
    second.put(inSecond, 'v1');
    for (const key of [inFirst, inSecond]) await read(key);
    await clock.advance(59_000);
    first.hold();
    await read(inFirst);
    void refresh.runBatch();
    await read(inSecond);
    void refresh.runBatch();
    await clock.advance(0);

    expect(second.calls).toHaveLength(2);
  });

  it('refreshes a hundred hot keys of one source even if the other one has as many', async () => {
    const { first, second, read, refresh, clock } = create();
    const keys = [...keysOf(101, 'k', 'First'), ...keysOf(2, 'k', 'Second')];
    for (const key of keys) (key.group === 'First' ? first : second).put(key, 'v1');
    for (const key of keys) await read(key);
    await clock.advance(59_000);
    for (const key of keys) await read(key);
    await refresh.runBatch();

    const refreshed = (source: FakeItemSource) =>
      source.calls.flatMap((call) => (call.method === 'readMany' ? call.keys : []));
    expect([refreshed(first).length, refreshed(second).length]).toEqual([100, 2]);
  });

  it('preloads each source with its own parallelism and batch limit', async () => {
    const everything = { keys: [], everything: true };
    const listed = { keys: keysOf(10, 'k', 'Second'), everything: false };
    const { first, second, preload } = create({
      first: { limits: { preloadParallelism: 2 }, preload: everything },
      second: { limits: { preloadParallelism: 1 }, preload: listed, batchLimit: 3 },
    });
    await preload.run();

    const parts = first.calls.map((call) => (call.method === 'readGroup' ? call.cursor.parts : 0));
    const batches = second.calls.map((call) => (call.method === 'readMany' ? call.keys.length : 0));
    expect(parts).toEqual([2, 2]);
    expect(batches).toEqual([3, 3, 3, 1]);
  });

  it('preloads one source to its end while the other one hangs', async () => {
    const everything = { keys: [], everything: true };
    const { first, second, preload, read, clock } = create({
      first: { preload: everything },
      second: { preload: everything },
    });
    second.put(inSecond, 'v1');
    first.hold();
    void preload.run();
    await clock.advance(0);

    expect(preload.progress()).toMatchObject([{ state: 'running' }, { state: 'complete', entries: 1 }]);
    expect(textOf(await read(inSecond))).toBe('v1');
    expect(second.countOf('read')).toBe(0);
  });
});

describe('the sources of createCache', () => {
  const parts = () => {
    const clock = new FakeClock();
    const logger = new RecordingLogger();
    return {
      clock,
      logger,
      store: new MapCacheStore(),
      random: new FixedRandom(0),
      digest: new PlainDigest(),
    };
  };

  it('rejects a group that has no source, and says how to give it one', () => {
    expect(() => createCache({ ...parts(), groups: [groupOf('Products')] })).toThrow(
      'group "Products" has no source: give the group a source, or createCache one for all groups',
    );
  });

  it('rejects two groups with one name', () => {
    const source = new FakeItemSource(new FakeClock());
    expect(() => createCache({ ...parts(), source, groups: [groupOf('A'), groupOf('A')] })).toThrow(
      'two groups have one name',
    );
  });

  it.each(['timeoutMs', 'maxReads', 'maxWaitingReads', 'preloadParallelism'] as const)(
    'rejects groups that share a source and differ in %s',
    (limit) => {
      const source = new FakeItemSource(new FakeClock());
      const groups = [{ ...groupOf('A'), limits: { [limit]: 3 } }, groupOf('B')];

      expect(() => createCache({ ...parts(), source, groups })).toThrow(
        'group "B" states other limits than a group that shares its source: give both the same limits',
      );
    },
  );

  it.each([
    [{ preloadParallelism: 0 }, 'limits.preloadParallelism of group "A" is 0; allowed: 1 or more'],
    [{ maxReads: 0 }, 'limits.maxReads of group "A" is 0; allowed: 1 or more'],
    [{ timeoutMs: Number.NaN }, 'limits.timeoutMs of group "A" is NaN; allowed: 1 or more'],
    [{ maxWaitingReads: -1 }, 'limits.maxWaitingReads of group "A" is -1; allowed: 0 or more'],
  ])('rejects limits with which nothing could be read: %j', (limits, problem) => {
    const source = new FakeItemSource(new FakeClock());

    expect(() => createCache({ ...parts(), source, groups: [{ ...groupOf('A'), limits }] })).toThrow(problem);
  });

  it('lets groups share a source, its slots and its queue', async () => {
    const shared = parts();
    const source = new FakeItemSource(shared.clock);
    source.hold();
    const { reader } = createCache(
      { ...shared, source, groups: [groupOf('A'), groupOf('B')] },
      { maxSourceReads: 1, maxWaitingReads: 0 },
    );
    const read = async (group: string) =>
      reader.read(keyOf('k', group), { contentType: PLAIN, freshness: ANY });
    const [one, other] = [watch(read('A')), watch(read('B'))];
    await shared.clock.advance(0);

    expect([one.state(), other.state()]).toEqual(['pending', 'rejected']);
  });
});
