import { describe, expect, it } from '@jest/globals';
import { Groups } from '../../../src/application/groups.ts';
import { EntryWriter } from '../../../src/application/storing/entry-writer.ts';
import { Fence } from '../../../src/application/storing/fence.ts';
import { RecentWrites, type WritesElsewhere } from '../../../src/application/storing/recent-writes.ts';
import { ElapsedTime } from '../../../src/application/time/elapsed-time.ts';
import type { Lifetimes } from '../../../src/domain/cache/ttl-policy.ts';
import type { SourceAnswer } from '../../../src/ports/outbound/item-source.ts';
import { groupOf, keyOf, PLAIN, WRITE_LIMITS } from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { FixedRandom } from '../../support/fakes/fixed-random.ts';
import { MapCacheStore } from '../../support/fakes/map-cache-store.ts';
import { PlainDigest } from '../../support/fakes/plain-digest.ts';

const key = keyOf('k');
const absent: SourceAnswer = { key, askedAt: 1_000, bodies: [] };

const found = (text: string): SourceAnswer => ({
  key,
  askedAt: 1_000,
  bodies: [{ contentType: PLAIN, bytes: new TextEncoder().encode(text) }],
});

/** A store of 800 bytes, which keeps nothing larger than 100, and two reads under way. */
const withTwoReads = (
  lifetimes: Partial<Lifetimes> = {},
  elsewhere?: Pick<WritesElsewhere, 'isOutdated'>,
) => {
  const store = new MapCacheStore({ maxBytes: 800 });
  const elapsed = new ElapsedTime(new FakeClock());
  const fence = new Fence(elapsed);
  const groups = new Groups([groupOf('Products', lifetimes)]);
  const recentWrites = new RecentWrites(elapsed, WRITE_LIMITS);
  const writer = new EntryWriter({
    groups,
    store,
    fence,
    recentWrites,
    digest: new PlainDigest(),
    random: new FixedRandom(0.5),
    elsewhere,
  });
  return { store, fence, recentWrites, writer, first: fence.begin(), second: fence.begin() };
};

describe('EntryWriter', () => {
  it('stores a requested item with its full lifetime, and a preloaded one with a shorter one', () => {
    const { writer, store, first, second } = withTwoReads();
    expect(writer.write(found('v1'), first)).toMatchObject({ outcome: 'stored', entry: { jitter: 0 } });
    expect(writer.preload(found('v2'), second)).toMatchObject({ outcome: 'stored', entry: { jitter: 0.05 } });

    expect(store.get(key)).toMatchObject({
      storedAt: 1_000,
      readOrder: second,
      refused: false,
      bodies: [{ contentType: PLAIN, digest: 'plain-djI' }],
    });
  });

  it('does not store the answer to a read that a change elsewhere has outdated', () => {
    const { writer, store, first, second } = withTwoReads({}, { isOutdated: (_, order) => order === 1 });

    expect(writer.write(found('v1'), first).outcome).toBe('dropped');
    expect(store.get(key)).toBeUndefined();
    expect(writer.write(found('v2'), second).outcome).toBe('stored');
  });

  it('keeps the media type of a body that has one', () => {
    const { writer, store, first } = withTwoReads();
    const bytes = Uint8Array.of(0);
    const bodies = [{ contentType: PLAIN, mediaType: 'application/octet-stream', bytes }];
    writer.write({ ...absent, bodies }, first);

    expect(store.get(key)?.bodies).toEqual([
      { contentType: PLAIN, mediaType: 'application/octet-stream', bytes, digest: 'plain-AA' },
    ]);
  });

  it('spreads the lifetimes of the entries of one preload read, from a random start', () => {
    const { writer, first, second } = withTwoReads();
    const jitters = [first, first, first, second, second].map(
      (order) => writer.preload(found('v1'), order).entry.jitter,
    );

    expect(jitters.map((jitter) => Number(jitter.toFixed(4)))).toEqual([0.05, 0.0118, 0.0736, 0.05, 0.0118]);
  });

  it('rejects an answer even if another rejected answer came before it', () => {
    const { writer, fence, store, first, second } = withTwoReads();
    fence.invalidate(key);

    expect(writer.write(found('v1'), first).outcome).toBe('dropped');
    expect(writer.write(found('v2'), second).outcome).toBe('dropped');
    expect(store.get(key)).toBeUndefined();
  });

  it.each(['write', 'preload'] as const)(
    'drops an answer that a write of unknown outcome may have made stale, in a %s',
    (act) => {
      const { writer, store, recentWrites, first, second } = withTwoReads();
      const end = recentWrites.begin({ group: 'Products', key });

      expect(writer[act](found('v1'), first).outcome).toBe('dropped');
      expect(store.get(key)).toBeUndefined();
      end('applied');
      expect(writer[act](found('v2'), second).outcome).toBe('stored');
    },
  );

  it('drops the answer to a read that began before one whose entry was evicted', () => {
    const { writer, store, first, second } = withTwoReads();
    writer.write(found('v2'), second);
    store.delete(key);

    expect(writer.write(found('v1'), first).outcome).toBe('dropped');
  });

  it('drops the answer to a read that began before that of the stored entry', () => {
    const { writer, store, first, second } = withTwoReads();
    writer.preload(found('v2'), second);

    expect(writer.write(found('v1'), first).outcome).toBe('dropped');
    expect(store.get(key)?.readOrder).toBe(second);
  });

  it.each(['write', 'preload'] as const)(
    'drops the answer to a read that began before one of an uncached absence, in a %s',
    (act) => {
      const { writer, store, first, second } = withTwoReads({ negativeTtlMs: 0 });

      expect(writer[act](absent, second).outcome).toBe('not_kept');
      expect(writer.write(found('v1'), first).outcome).toBe('dropped');
      expect(store.get(key)).toBeUndefined();
    },
  );

  it.each(['write', 'preload'] as const)(
    'drops the answer to a read that began before one that is too large, in a %s',
    (act) => {
      const { writer, first, second } = withTwoReads();

      expect(writer[act](found('x'.repeat(200)), second).outcome).toBe('too_large');
      expect(writer.write(found('v1'), first).outcome).toBe('dropped');
    },
  );

  it('removes an entry whose item is absent, even if negative entries are not cached', () => {
    const { writer, store, first, second } = withTwoReads({ negativeTtlMs: 0 });
    writer.write(found('v1'), first);
    writer.write(absent, second);

    expect(store.get(key)).toBeUndefined();
  });

  it('ends the stale windows of an entry after a refusal of a later read', () => {
    const { writer, store, first, second } = withTwoReads();
    writer.write(found('v1'), first);
    writer.refuse(key, second);

    expect(store.get(key)).toMatchObject({ refused: true, readOrder: first });
  });

  it.each(['write', 'preload'] as const)(
    'keeps the stale windows of an entry if the refused read began earlier, in a %s',
    (act) => {
      const { writer, store, first, second } = withTwoReads();
      writer[act](found('v2'), second);
      writer.refuse(key, first);

      expect(store.get(key)?.refused).toBe(false);
    },
  );

  it('gives no stale windows to an answer that arrives after a refusal of a later read', () => {
    const { writer, store, first, second } = withTwoReads();
    writer.refuse(key, second);
    writer.write(found('v1'), first);

    expect(store.get(key)?.refused).toBe(true);
  });

  it('stores nothing for a refusal of a key without an entry', () => {
    const { writer, store, first } = withTwoReads();
    writer.refuse(key, first);

    expect(store.usage().entries).toBe(0);
  });
});
