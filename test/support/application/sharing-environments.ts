import { createCache } from '../../../src/application/create-cache.ts';
import type { CacheStatus, Freshness } from '../../../src/ports/inbound/item-reader.ts';
import type { ItemSource } from '../../../src/ports/outbound/item-source.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeItemSource } from '../fakes/fake-item-source.ts';
import { FixedRandom } from '../fakes/fixed-random.ts';
import { InMemoryJournal } from '../fakes/in-memory-journal.ts';
import { InMemorySharedEntries } from '../fakes/in-memory-shared-entries.ts';
import { MapCacheStore } from '../fakes/map-cache-store.ts';
import { PlainDigest } from '../fakes/plain-digest.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { ANY, groupOf, keyOf, PLAIN, textOf } from './create-application.ts';

/** The parts that environments share: the source, the journal and the second tier. */
export const sharedWorld = () => {
  const clock = new FakeClock();
  return {
    clock,
    source: new FakeItemSource(clock),
    journal: new InMemoryJournal(),
    entries: new InMemorySharedEntries(() => clock.now()),
  };
};

export interface SharingOptions {
  readonly contentTypes?: readonly string[];
  /** Keys that are preloaded. */
  readonly preload?: readonly string[];
  readonly preloadsEverything?: boolean;
  /** The same for `Unshared`, a group without coherence whose entries are not shared. */
  readonly preloadUnshared?: readonly string[];
  readonly space?: string;
  readonly ttlMs?: number;
  readonly negativeTtlMs?: number;
  readonly awaitsInvocation?: boolean;
  /** The random number of every draw. Default: 0. */
  readonly fraction?: number;
  /** Wraps the source. */
  readonly throughSource?: (source: FakeItemSource) => ItemSource;
}

/** One environment of that world, in its first invocation. `Products` is checked once per invocation, and shared. */
export const startSharing = (world: ReturnType<typeof sharedWorld>, options: SharingOptions = {}) => {
  const { clock, source } = world;
  const journal = world.journal.another();
  const entries = world.entries.another();
  const logger = new RecordingLogger();
  const store = new MapCacheStore();
  const lifetimes = {
    ...(options.ttlMs === undefined ? {} : { ttlMs: options.ttlMs }),
    negativeTtlMs: options.negativeTtlMs ?? 10_000,
  };
  const preload = {
    keys: (options.preload ?? []).map((id) => keyOf(id)),
    everything: options.preloadsEverything ?? false,
  };
  const coherence = { coherence: { mode: 'invocation' }, scope: 'eu-west-1/Products', journal } as const;
  const cache = createCache(
    {
      groups: [
        {
          ...groupOf('Products', lifetimes, preload),
          contentTypes: options.contentTypes ?? [PLAIN],
          coherence,
          sharedAs: options.space ?? 'a space',
        },
        groupOf('Unshared', {}, { keys: (options.preloadUnshared ?? []).map((id) => keyOf(id, 'Unshared')) }),
      ],
      source: options.throughSource?.(source) ?? source,
      sharedEntries: entries,
      store,
      clock,
      random: new FixedRandom(options.fraction ?? 0),
      digest: new PlainDigest(),
      logger,
    },
    { preload: true, awaitsInvocation: options.awaitsInvocation ?? false },
  );
  const invoke = () => {
    cache.invocation.begin(clock.now() + 60_000);
    cache.coherence?.beginInvocation();
  };
  invoke();
  return {
    ...cache,
    journal,
    entries,
    logger,
    store,
    invoke,
    counts: () => cache.status.status().tier,
    /** Reads a key: its text and the source of the answer. Advances the clock by `withinMs` meanwhile. */
    read: async (
      id = 'k',
      { freshness = ANY, withinMs = 0 }: { freshness?: Freshness; withinMs?: number } = {},
    ): Promise<readonly [string | undefined, CacheStatus['source']]> => {
      const reading = Promise.resolve(cache.reader.read(keyOf(id), { contentType: PLAIN, freshness }));
      await clock.advance(withinMs);
      const result = await reading;
      return [textOf(result), result.cache.source];
    },
    /** Writes through this environment. */
    write: async (text: string, end: 'applied' | 'unknown' = 'applied'): Promise<void> => {
      const write = cache.writes.begin([{ group: 'Products', key: keyOf('k') }]);
      source.put(keyOf('k'), text);
      await write.end(end);
    },
  };
};
