import type { Body, EntryKey } from '../../domain/cache/cache-entry.ts';
import type { SourceRefusedError } from '../../domain/cache/errors.ts';

/** The options of a read from a source. */
export interface ReadOptions {
  /** The content types of the bodies to return. */
  readonly contentTypes: readonly string[];
  /** Whether the read must be strongly consistent: it shows every write that completed before the call. */
  readonly consistent?: boolean;
  /** Whether an answer will do that another environment has read, if nothing has changed since. Default: false. */
  readonly acceptsShared?: boolean;
  /** Aborted when the answer is no longer needed. */
  readonly signal: AbortSignal;
}

/** The source's answer for one key: one body for each requested content type, or no bodies if the key does not exist. */
export interface SourceAnswer {
  /** A key that the call was given, or for `readGroup` one of the group. Any other key is a defect of the source. */
  readonly key: EntryKey;
  /** Wall time in milliseconds, a finite number, of the call to the origin. Earlier than this call if an intermediate tier cached the answer. */
  readonly askedAt: number;
  readonly bodies: readonly Body[];
  /** Whether another environment has read it, so that the origin was not asked. */
  readonly isShared?: boolean;
}

/** A key that the source refused to read, and why. */
export interface RefusedKey {
  readonly key: EntryKey;
  readonly error: SourceRefusedError;
}

/**
 * The answer to a read of several keys. It may omit keys that this call could not read together with the others, or that the
 * source refused without saying why. Each of them is then read alone.
 */
export interface BatchAnswer {
  readonly answers: readonly SourceAnswer[];
  /** Keys that the source did not read. They must be retried; they are not absent. */
  readonly unprocessed: readonly EntryKey[];
  /** Keys that need not be read alone, because the reason for their refusal is known. */
  readonly refused?: readonly RefusedKey[];
  /** Whether all answers are shared, so that the origin was not asked. */
  readonly isShared?: boolean;
}

/** A position in a group: one of its parts, and the position within that part. */
export interface GroupCursor {
  /** From 0 up to, but not including, `parts`. */
  readonly part: number;
  /** The number of disjoint parts that are read in parallel. */
  readonly parts: number;
  /** From the page before; absent at the beginning of a part. Opaque: only the source interprets it. */
  readonly position?: unknown;
}

/** The result of checking a group. */
export interface GroupCheck {
  /** Whether the group has no entries, so that its configuration could not be checked. */
  readonly isEmpty: boolean;
}

/** One page of a group. */
export interface GroupPage {
  /**
   * Can be iterated once. Answers are made lazily, and iteration throws the errors of `readGroup`. The bytes of a body may be
   * a view of a larger buffer: copy them to keep them.
   */
  readonly answers: Iterable<SourceAnswer>;
  /** The position of the next page; absent at the end of the part. */
  readonly next?: GroupCursor;
}

/**
 * The upstream of the cache. Every call sends at most one request to the origin, immediately.
 *
 * All methods reject with a `TransientError` or a `SourceRefusedError`; any other error is a defect.
 * A source that cannot read several keys, or whole groups, omits those methods.
 */
export interface ItemSource {
  /**
   * False if the source ignores `consistent`. Its answers within the write window are then served and not stored. Default:
   * true.
   */
  readonly hasConsistentReads?: boolean;
  /** Whether its answers may be shared ones (`isShared`), so that a call need not ask the origin. Default: false. */
  readonly mayShare?: boolean;
  /** Reads one key. */
  read(key: EntryKey, options: ReadOptions): Promise<SourceAnswer>;
  /** The most keys of one `readMany` call: a whole number of at least 1; 1 if absent. */
  readonly batchLimit?: number;
  /** Reads several different keys of one group. */
  readMany?(keys: readonly EntryKey[], options: ReadOptions): Promise<BatchAnswer>;
  /**
   * Checks the configuration of a group against the source before the group is read. A source whose groups need no check
   * omits this method.
   *
   * @throws {GroupRefusedError} by rejection, if the configuration contradicts the source
   */
  checkGroup?(group: string, options: ReadOptions): Promise<GroupCheck>;
  /** Reads one page of the group. */
  readGroup?(group: string, cursor: GroupCursor, options: ReadOptions): Promise<GroupPage>;
  /** Closes idle connections. After a freeze or a restored snapshot they may be dead, or shared with another process. */
  dropConnections?(): void;
}
