import { createCache } from '../../../src/application/create-cache.ts';
import { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import {
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceUnavailableError,
} from '../../../src/domain/cache/errors.ts';
import { type CacheGroup, type Lifetimes, TtlPolicy } from '../../../src/domain/cache/ttl-policy.ts';
import type { Freshness, ReadResult } from '../../../src/ports/inbound/item-reader.ts';
import type { ItemSource } from '../../../src/ports/outbound/item-source.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeItemSource } from '../fakes/fake-item-source.ts';
import { FixedRandom } from '../fakes/fixed-random.ts';
import { MapCacheStore } from '../fakes/map-cache-store.ts';
import { PlainDigest } from '../fakes/plain-digest.ts';
import { RecordingLogger } from '../fakes/recording-logger.ts';

/** Those of recent writes that the program has by default. */
export const WRITE_LIMITS = { windowMs: 10_000, keys: 10_000 };

export const PLAIN = 'application/json';
export const TYPED = 'application/x-amz-json-1.0';

/** Fresh for 60 s, stale-while-revalidate for 30 s, stale-if-error for one hour; negative entries for 10 s. */
export const LIFETIMES: Lifetimes = {
  ttlMs: 60_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 30_000,
  staleIfErrorMs: 3_600_000,
};

/** A key of the group `Products`, unless another group is given. */
export const keyOf = (id: string, group = 'Products'): EntryKey => new EntryKey(group, id);

/** `count` keys: `<prefix>0`, `<prefix>1` and so on. */
export const keysOf = (count: number, prefix = 'k', group = 'Products'): readonly EntryKey[] =>
  Array.from({ length: count }, (_, index) => keyOf(`${prefix}${index}`, group));

/** A group that keeps plain bodies and preloads nothing by default. */
export const groupOf = (
  name = 'Products',
  lifetimes: Partial<Lifetimes> = {},
  preload: Partial<CacheGroup['preload']> = {},
): CacheGroup => ({
  name,
  policy: new TtlPolicy({ ...LIFETIMES, ...lifetimes }),
  contentTypes: [PLAIN],
  preload: { keys: [], everything: false, ...preload },
});

/** The source answered 5xx: a transient failure without loss of contact. */
export const unavailable = () => new SourceUnavailableError('the source answered 500');
/** The connection to the source failed. */
export const unreachable = () => new SourceConnectionError('connection refused');
/** The source throttled the read. */
export const throttled = () => new SourceThrottledError('too many reads');
/** The source refused the read. */
export const refused = () => new SourceRefusedError('access denied');

export const ANY: Freshness = { kind: 'any' };
export const NO_CACHE: Freshness = { kind: 'no-cache' };
export const ONLY_IF_CACHED: Freshness = { kind: 'only-if-cached' };
export const maxAge = (seconds: number): Freshness => ({ kind: 'max-age', seconds });

/** The text of the item; undefined if the item does not exist. */
export const textOf = (result: ReadResult): string | undefined =>
  result.outcome === 'found' ? new TextDecoder().decode(result.body.bytes) : undefined;

/** Reports the state of a promise without waiting for it. */
export const watch = <T>(
  promise: Promise<T>,
): { readonly state: () => 'pending' | 'resolved' | 'rejected' } => {
  let state: 'pending' | 'resolved' | 'rejected' = 'pending';
  promise.then(
    () => {
      state = 'resolved';
    },
    () => {
      state = 'rejected';
    },
  );
  return { state: () => state };
};

export interface ApplicationOptions {
  /** Lifetimes of the only group, `Products`, that differ from `LIFETIMES`. */
  readonly lifetimes?: Partial<Lifetimes>;
  /** Groups that replace `Products`. */
  readonly groups?: readonly CacheGroup[];
  readonly maxBytes?: number;
  /** The random number of every draw. Default: 0. */
  readonly fraction?: number;
  readonly batchLimit?: number;
  /** Wraps the fake source. */
  readonly throughSource?: (source: FakeItemSource) => ItemSource;
  readonly maxSourceReads?: number;
  readonly maxWaitingReads?: number;
  readonly preload?: boolean;
  readonly preloadTimeoutMs?: number;
  readonly awaitsInvocation?: boolean;
  readonly refreshesAtOnce?: boolean;
}

/** The time-out of one read from the source, in milliseconds. */
export const TIMEOUT_MS = 2_000;

/** Creates the use cases over fakes, and returns both. */
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

  /** Reads an item. Rejects if the reader throws synchronously. */
  const read = async (
    key: EntryKey,
    freshness: Freshness = { kind: 'any' },
    contentType = PLAIN,
  ): Promise<ReadResult> => cache.reader.read(key, { contentType, freshness });

  return { ...cache, clock, logger, store, source, read };
};

export type Application = ReturnType<typeof createApplication>;

/** Puts `v1` under each key in the source, and reads it into memory. */
export const fill = async ({ source, read }: Application, ...keys: readonly EntryKey[]): Promise<void> => {
  for (const each of keys) {
    source.put(each, 'v1');
    await read(each);
  }
};

/** Creates the use cases with `v1` in memory under the key `k`. The source already has `v2`. */
export const filledApplication = async (options: ApplicationOptions = {}): Promise<Application> => {
  const app = createApplication(options);
  app.source.put(keyOf('k'), 'v1');
  await app.read(keyOf('k'));
  app.source.put(keyOf('k'), 'v2');
  return app;
};

export const everything: Partial<CacheGroup['preload']> = { everything: true };

/** Creates the use cases with a group that is preloaded as a whole. The source has `items` items of it: `k0`, `k1` and so on. */
export const createPreload = (items: number, options: ApplicationOptions = {}): Application => {
  const app = createApplication({ groups: [groupOf('Products', {}, everything)], ...options });
  for (const each of keysOf(items)) app.source.put(each, 'v1');
  return app;
};
