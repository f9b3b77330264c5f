import type { EntryKey, StoredBody } from '../../domain/cache/cache-entry.ts';

/** The freshness that a reader requires. */
export type Freshness =
  | { readonly kind: 'any' }
  /** Read from the source, even if a fresh entry is cached. */
  | { readonly kind: 'no-cache' }
  /** Serve only entries of at most this age. */
  | { readonly kind: 'max-age'; readonly seconds: number }
  /** Serve a cached entry or fail. With `seconds`, serve only fresh entries of at most this age. */
  | { readonly kind: 'only-if-cached'; readonly seconds?: number };

/** The options of a read. */
export interface ReadRequest {
  readonly contentType: string;
  readonly freshness: Freshness;
}

/** How the cache handled a read. The reasons are those of the `Cache-Status` header (RFC 9211). */
export type CacheStatus =
  | {
      readonly source: 'memory';
      /** Milliseconds until expiry; negative for a stale answer. */
      readonly ttlMs: number;
      /** The window that allowed a stale answer. */
      readonly stale?: 'stale-while-revalidate' | 'stale-if-error';
    }
  | {
      readonly source: 'origin';
      /**
       * Why no entry was served: none was cached, it had expired, the request required a read, or the journal could not say
       * whether another environment had changed the item.
       */
      readonly reason: 'uri-miss' | 'stale' | 'request' | 'journal-unavailable';
      /** Whether the answer was stored. */
      readonly stored: boolean;
      /** Whether the reader shared another reader's read (single-flight). */
      readonly collapsed: boolean;
    }
  | {
      /** The read failed with a transient failure, and a cached entry was served. */
      readonly source: 'memory-after-failure';
      readonly ttlMs: number;
    };

/** The result of a read: an item in the requested content type, or its absence. Failures are thrown as a `CacheError`. */
export type ReadResult = { readonly ageMs: number; readonly cache: CacheStatus } & (
  | { readonly outcome: 'found'; readonly body: StoredBody }
  | { readonly outcome: 'absent' }
);

/** Inbound: reads through the cache. */
export interface ItemReader {
  /**
   * Returns the result synchronously if a cached entry may be served, else a promise of it.
   *
   * @throws {CacheError} synchronously or by rejection
   */
  read(key: EntryKey, request: ReadRequest): ReadResult | Promise<ReadResult>;
}
