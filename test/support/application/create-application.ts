import { createCache } from '../../../src/application/create-cache.ts';
import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import type { CacheGroup, Lifetimes } from '../../../src/domain/cache/ttl-policy.ts';

import type { Freshness, ReadResult } from '../../../src/ports/inbound/item-reader.ts';
import type { ItemSource } from '../../../src/ports/outbound/item-source.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeItemSource } from '../fakes/fake-item-source.ts';
import { FixedRandom } from '../fakes/fixed-random.ts';
import { MapCacheStore } from '../fakes/map-cache-store.ts';
import { PlainDigest } from '../fakes/plain-digest.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';
import { groupOf, PLAIN } from './groups.ts';

export interface ApplicationOptions {
  /** The only group, `Products`, with these lifetimes where they differ from the usual ones. */
  readonly lifetimes?: Partial<Lifetimes>;
  /** Groups in place of that one. */
  readonly groups?: readonly CacheGroup[];
  readonly maxBytes?: number;
  /** What chance says, over and over. */
  readonly fraction?: number;
  readonly batchLimit?: number;
  /** Puts something between the use cases and the fake source. */
  readonly throughSource?: (source: FakeItemSource) => ItemSource;
  readonly maxSourceReads?: number;
  readonly maxWaitingReads?: number;
  readonly preload?: boolean;
  readonly preloadTimeoutMs?: number;
  readonly awaitsInvocation?: boolean;
  readonly refreshesAtOnce?: boolean;
}

/** Longest time for one read from the source. */
export const TIMEOUT_MS = 2_000;

/** The use cases, joined to fakes that a test holds in its hands. */
export const createApplication = (options: ApplicationOptions = {}) => {
  const clock = new FakeClock();
  const logger = new RecordingLogger();
  const store = new MapCacheStore({ maxBytes: options.maxBytes ?? 1024 * 1024 });
  const source = new FakeItemSource(clock, options.batchLimit);
  const cache = createCache(
    {
      groups: options.groups ?? [groupOf('Products', options.lifetimes)],
      source: options.throughSource?.(source) ?? source,
      store,
      clock,
      random: new FixedRandom(options.fraction ?? 0),
      digest: new PlainDigest(),
      logger,
    },
    {
      timeoutMs: TIMEOUT_MS,
      maxSourceReads: options.maxSourceReads ?? 50,
      maxWaitingReads: options.maxWaitingReads ?? 1_000,
      preload: options.preload ?? true,
      preloadTimeoutMs: options.preloadTimeoutMs ?? 8_000,
      awaitsInvocation: options.awaitsInvocation ?? false,
      refreshesAtOnce: options.refreshesAtOnce ?? false,
    },
  );

  /** Reads like a request: what is thrown at once comes as a rejection too. */
  const read = async (
    key: EntryKey,
    freshness: Freshness = { kind: 'any' },
    contentType = PLAIN,
  ): Promise<ReadResult> => cache.reader.read(key, { contentType, freshness });

  return { ...cache, clock, logger, store, source, read };
};

export type Application = ReturnType<typeof createApplication>;
