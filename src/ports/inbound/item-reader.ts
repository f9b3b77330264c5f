import type { EntryKey, StoredBody } from '../../domain/cache/cache-entry.ts';

/** How fresh the reader wants the answer. */
export type Freshness =
  | { readonly kind: 'any' }
  /** Ask the source, whatever is in memory. */
  | { readonly kind: 'no-cache' }
  /** Answer from memory only what is at most this old. */
  | { readonly kind: 'max-age'; readonly seconds: number }
  /** Answer from memory or not at all; with a number of seconds, nothing older, and nothing stale. */
  | { readonly kind: 'only-if-cached'; readonly seconds?: number };

/** What a reader asks for, beside the key. */
export interface ReadRequest {
  readonly contentType: string;
  readonly freshness: Freshness;
}

/** How the cache came by an answer, in the words of RFC 9211. */
export type CacheStatus =
  | {
      readonly source: 'memory';
      /** Milliseconds until expiry; negative for a stale answer. */
      readonly ttlMs: number;
      /** Which window allowed a stale answer. */
      readonly stale?: 'stale-while-revalidate' | 'stale-if-error';
    }
  | {
      readonly source: 'origin';
      /** Why memory would not do: nothing there, expired, or the request asked past it. */
      readonly reason: 'uri-miss' | 'stale' | 'request';
      /** Whether the answer is kept now. */
      readonly stored: boolean;
      /** Whether another reader's read was shared. */
      readonly collapsed: boolean;
    }
  | {
      /** The source was asked, failed in passing, and the entry in memory was answered. */
      readonly source: 'memory-after-failure';
      readonly ttlMs: number;
    };

/** An item, in the form that was asked for. */
export interface FoundItem {
  readonly outcome: 'found';
  readonly body: StoredBody;
  readonly ageMs: number;
  readonly cache: CacheStatus;
}

/** The answer to a read. Failures are not among them: they are thrown as a `CacheError`. */
export type ReadResult =
  | FoundItem
  | { readonly outcome: 'absent'; readonly ageMs: number; readonly cache: CacheStatus };

/** Inbound: reads through the cache. */
export interface ItemReader {
  /**
   * The result at once if memory has it, else the promise of it.
   *
   * @throws {CacheError} at once or by rejection
   */
  read(key: EntryKey, request: ReadRequest): ReadResult | Promise<ReadResult>;
  /** What `read` answers to whom any freshness will do, if that is an item that is fresh, with nothing to be done behind; else nothing, and nothing is counted. */
  getFresh(key: EntryKey, contentType: string): FoundItem | undefined;
}
