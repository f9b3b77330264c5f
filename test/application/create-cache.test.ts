import { describe, expect, it } from '@jest/globals';
import { type CacheLimits, createCache, type GroupParts } from '../../src/application/create-cache.ts';
import {
  ANY,
  createApplication,
  groupOf,
  keyOf,
  keysOf,
  PLAIN,
  textOf,
  unreachable,
  watch,
} from '../support/application/create-application.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { FakeItemSource } from '../support/fakes/fake-item-source.ts';
import { FixedRandom } from '../support/fakes/fixed-random.ts';
import { MapCacheStore } from '../support/fakes/map-cache-store.ts';
import { PlainDigest } from '../support/fakes/plain-digest.ts';
import { RecordingLogger } from '../support/fakes/recording-logger.ts';

const key = keyOf('k');

/** A cache of which nothing is said that can be left unsaid; its group is to be loaded wholly. */
const unlimited = (
  groups: readonly GroupParts[] = [groupOf('Products', {}, { everything: true })],
  limits: Partial<CacheLimits> = {},
) => {
  const clock = new FakeClock();
  const source = new FakeItemSource(clock);
  const cache = createCache(
    {
      groups,
      source,
      store: new MapCacheStore(),
      clock,
      random: new FixedRandom(0),
      digest: new PlainDigest(),
      logger: new RecordingLogger(),
    },
    limits,
  );
  const read = async (each = key) => cache.reader.read(each, { contentType: PLAIN, freshness: ANY });
  return { ...cache, clock, source, read };
};

describe('a group with a name and a policy only', () => {
  it('preloads nothing, and keeps the content types that are asked for', async () => {
    const { name, policy } = groupOf();
    const { read, source, preload } = unlimited([{ name, policy }], { preload: true });
    await preload.run();
    expect([preload.progress(), source.calls]).toEqual([[], []]);

    source.put(key, 'v1');
    expect(textOf(await read())).toBe('v1');
    expect(source.calls.map(({ want }) => want.contentTypes)).toEqual([[PLAIN]]);
  });
});

describe('a cache without limits of its own', () => {
  it('reads from the source at once, and waits two seconds for it', async () => {
    const { read, source, clock, gate } = unlimited();
    source.put(key, 'v1');
    expect(gate.isOpen).toBe(true);
    expect(textOf(await read())).toBe('v1');

    source.hold();
    const slow = watch(read(keyOf('slow')));
    await clock.advance(1_999);
    expect(slow.state()).toBe('pending');
    await clock.advance(1);
    expect(slow.state()).toBe('rejected');
  });

  it('makes 50 calls at the same time, and lets 1,000 wait', async () => {
    const { read, source, clock } = unlimited();
    source.hold();
    const readings = keysOf(1_051).map((each) => watch(read(each)));
    await clock.advance(0);

    expect(source.countOf('read')).toBe(50);
    expect(readings.filter(({ state }) => state() === 'rejected')).toHaveLength(1);
    expect(readings.at(-1)?.state()).toBe('rejected');
  });

  it('loads nothing ahead of requests', async () => {
    const { preload, source } = unlimited();
    source.put(key, 'v1');
    await preload.run();

    expect(preload.progress()).toEqual([]);
    expect(source.calls).toEqual([]);
  });

  it('leaves entries that are about to expire to the next invocation', async () => {
    const { read, refresh, source, clock } = unlimited();
    source.put(key, 'v1');
    await read();
    await clock.advance(59_000);
    await read();
    await clock.advance(0);
    expect(source.calls).toHaveLength(1);

    await refresh.runBatch();
    expect(source.calls).toHaveLength(2);
  });
});

describe('the log', () => {
  it('reports once that the source of a group does not answer, and once that it answers again', async () => {
    const app = createApplication();
    app.source.failWith(unreachable());
    for (const each of keysOf(5)) await app.read(each).catch(() => undefined);
    expect(app.logger.lines).toEqual([
      {
        level: 'warn',
        message: 'the source of a group does not answer; it is probed once a second',
        fields: { group: 'Products' },
      },
    ]);

    app.source.heal();
    await app.clock.advance(5_000);
    await app.read(key);
    await app.read(keyOf('other'));
    expect(app.logger.lines.slice(1)).toEqual([
      { level: 'warn', message: 'the source of a group answers again', fields: { group: 'Products' } },
    ]);
  });
});
