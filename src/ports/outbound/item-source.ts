import type { Body, EntryKey } from '../../domain/cache/cache-entry.ts';

/** How a source is asked. */
export interface ReadOptions {
  /** The bodies to make, one for each content type. */
  readonly contentTypes: readonly string[];
  /** Whether the answer must show every write that ended before the call; otherwise it may lag behind, where the source's answers do. */
  readonly consistent?: boolean;
  /** Aborted when the answer is not needed any more. */
  readonly signal: AbortSignal;
}

/** What the source has under a key: one body for each content type wanted, or none if it has nothing there. */
export interface SourceAnswer {
  readonly key: EntryKey;
  /** Wall time in milliseconds at which the origin was asked; earlier than the call if a tier in between knew the answer. */
  readonly askedAt: number;
  readonly bodies: readonly Body[];
}

/** The part of several keys that one call could answer. */
export interface BatchAnswer {
  readonly answers: readonly SourceAnswer[];
  /** Keys that the source did not get to: to be asked again, never taken for absent. */
  readonly unprocessed: readonly EntryKey[];
}

/** Where to read on in a group: a part of it, and the place within that part. */
export interface GroupCursor {
  /** From 0 up to, but not including, `parts`. */
  readonly part: number;
  /** Into how many disjoint parts the group is divided for reading them side by side. */
  readonly parts: number;
  /** From the page before; absent at the beginning of a part. Opaque to everybody but the source. */
  readonly position?: unknown;
}

/** What a check of a group found. */
export interface GroupCheck {
  /** Whether the source has nothing of the group, so that its configuration could not be compared with anything. */
  readonly isEmpty: boolean;
}

/** One page of a group. */
export interface GroupPage {
  /**
   * Can be taken once. Each is made when it is taken, which may fail as `readGroup` may. The bytes of a body may be part of a
   * larger piece: whoever keeps them for long keeps a copy.
   */
  readonly answers: Iterable<SourceAnswer>;
  /** Where the next page begins; absent at the end of the part. */
  readonly next?: GroupCursor;
}

/**
 * Where entries come from. Every call asks the origin at most once, and asks it when it is called.
 *
 * All methods reject with a `TransientError` or a `SourceRefusedError`; anything else counts as a defect.
 * A source that cannot read several keys, or everything of a group, leaves those methods out.
 */
export interface ItemSource {
  /** Reads one key. */
  read(key: EntryKey, want: ReadOptions): Promise<SourceAnswer>;
  /** How many keys `readMany` takes at once; 1 where it is left out. */
  readonly batchLimit?: number;
  /** Reads several different keys of one group. */
  readMany?(keys: readonly EntryKey[], want: ReadOptions): Promise<BatchAnswer>;
  /**
   * Checks, before a page of a group is read, that the group is configured as the source has it. Resolves with whether the
   * group has any entries. A source whose groups need no check leaves this out.
   *
   * @throws {GroupRefusedError} by rejection, if the configuration contradicts the source
   */
  checkGroup?(group: string, want: ReadOptions): Promise<GroupCheck>;
  /** Reads one page of all that the group has. */
  readGroup?(group: string, cursor: GroupCursor, want: ReadOptions): Promise<GroupPage>;
  /** Gives up connections that are idle: they may be dead, or be another process's by now. */
  dropConnections?(): void;
}
