import type { JournalPage } from '../../domain/cache/journal-page.ts';

/** A write that other environments must learn of. */
export interface Announcement {
  /** What the journal keeps apart, such as a table in one region. */
  readonly scope: string;
  /** Hashes (`hashOf`) of the keys that the write may have changed, or everything in the scope. */
  readonly changed: 'everything' | readonly number[];
  /** Whether the write may still be applied, because its outcome is unknown, or whether reads may miss it for a while. */
  readonly isUnknown: boolean;
  /** Wall time of the announcement, in milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Where environments announce writes, and learn of those of others. Writers with different numbers of pages may share a
 * journal. Both methods reject with a `TransientError` or a `SourceRefusedError`; any other error is a defect.
 */
export interface InvalidationJournal {
  /**
   * Resolves when every later `check`, in every environment, shows the announcement.
   *
   * @returns the pages that it changed, as they were right after it
   */
  announce(announcement: Announcement, signal: AbortSignal): Promise<readonly JournalPage[]>;
  /** The pages of a scope to which anything was announced; they show every announcement that resolved before the call. */
  check(scope: string, signal: AbortSignal): Promise<readonly JournalPage[]>;
  /** Closes idle connections. After a freeze or a restored snapshot they may be dead. */
  dropConnections?(): void;
}
