/**
 * The cache without any technology: entries, lifetimes, ports, and the use cases over them.
 * With your own `ItemSource` you can build a cache extension for another source.
 *
 * @module
 */
export type { GroupCoherence } from '../application/coherence/coherence-gate.ts';
export {
  type Cache,
  type CacheLimits,
  type CacheParts,
  createCache,
  type GroupParts,
} from '../application/create-cache.ts';
export { RunExtension, type RunExtensionParts } from '../application/lifecycle/run-extension.ts';
export type { SourceLimits } from '../application/source-access/sources.ts';
export type { Address, Body, StoredBody } from '../domain/cache/cache-entry.ts';
export { bodyOf, type CacheEntry, EntryKey, isAbsence } from '../domain/cache/cache-entry.ts';
export { type Coherence, parseCoherence } from '../domain/cache/coherence.ts';
export {
  CacheError,
  type CacheErrorOptions,
  DeadlineExceededError,
  /** @deprecated Use `DeadlineExceededError`; this name will be removed in the next version. */
  DeadlineExceededError as OutOfTimeError,
  type ErrorCategory,
  GroupRefusedError,
  NotInCacheError,
  OverloadedError,
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceTimeoutError,
  SourceUnavailableError,
  TransientError,
  /** @deprecated Use `TransientError`; this name will be removed in the next version. */
  TransientError as PassingFailure,
} from '../domain/cache/errors.ts';
export type { AnnouncedKey, JournalPage } from '../domain/cache/journal-page.ts';
export { durationToMs, parseGoBool, parseGoDuration } from '../domain/cache/go-values.ts';
export type { CacheGroup, CacheLookup, Hit, Miss, Stale } from '../domain/cache/ttl-policy.ts';
export { type Lifetimes, TtlPolicy } from '../domain/cache/ttl-policy.ts';
export type { Invalidator } from '../ports/inbound/invalidator.ts';
export type {
  CacheStatus,
  Freshness,
  ItemReader,
  ReadRequest,
  ReadResult,
} from '../ports/inbound/item-reader.ts';
export type { Connection, RequestHandler, Server } from '../ports/inbound/server.ts';
export type {
  Counts,
  Observation,
  PreloadProgress,
  Status,
  StatusReader,
} from '../ports/inbound/status-reader.ts';
export type { CacheStore, StoreOutcome, StoreUsage } from '../ports/outbound/cache-store.ts';
export type { Clock } from '../ports/outbound/clock.ts';
export type { Digest } from '../ports/outbound/digest.ts';
export type { Announcement, InvalidationJournal } from '../ports/outbound/invalidation-journal.ts';
export type {
  BatchAnswer,
  GroupCheck,
  GroupCursor,
  GroupPage,
  ItemSource,
  ReadOptions,
  /** @deprecated Use `ReadOptions`; this name will be removed in the next version. */
  ReadOptions as Want,
  RefusedKey,
  SourceAnswer,
} from '../ports/outbound/item-source.ts';
export type {
  Invocations,
  InvokeEvent,
  LifecycleEvent,
  LifecycleEvents,
  ShutdownEvent,
  StartKind,
} from '../ports/outbound/lifecycle-events.ts';
export type { LogFields, Logger, LogLevel } from '../ports/outbound/logger.ts';
export type { MetricsPublisher } from '../ports/outbound/metrics-publisher.ts';
export type { Random } from '../ports/outbound/random.ts';
export type { SharedEntries, SharedEntry } from '../ports/outbound/shared-entries.ts';
