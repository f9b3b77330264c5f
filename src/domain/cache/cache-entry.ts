/**
 * Names one entry: the group that it belongs to and its canonical id within that group.
 * Two keys are the same entry exactly if their `text` is equal.
 */
export class EntryKey {
  readonly group: string;
  /** Group and id as one string, unique because a group holds no NUL. */
  readonly text: string;

  /** @throws {RangeError} if `group` is empty or holds a NUL character */
  constructor(group: string, id: string) {
    if (group === '' || group.includes('\0')) {
      throw new RangeError('a group name is a non-empty string without NUL characters');
    }
    this.group = group;
    this.text = `${group}\0${id}`;
  }

  /** Cut from the text and never kept as it came: it may be a cut itself, and would keep alive the whole request it is from. */
  get id(): string {
    return this.text.slice(this.group.length + 1);
  }
}

/** What a request names: one entry, or a whole group if `key` is absent. */
export interface Address {
  readonly group: string;
  readonly key?: EntryKey;
}

/** What the cache keeps of one key: its bodies, or the knowledge that the source has nothing there. */
export interface CacheEntry {
  readonly key: EntryKey;
  /** Wall time, in milliseconds since the epoch, at which the source was asked. */
  readonly storedAt: number;
  /** Place of the read among all reads of this process: the one asked later has the larger number. */
  readonly readOrder: number;
  /** One for each content type that is kept; none if the absence of the key is what is known. */
  readonly bodies: readonly StoredBody[];
  /** Share of the lifetime that is cut off, from 0 to 0.1, so that what was loaded together does not expire together. */
  readonly jitter: number;
  /** Whether a later read was refused by the source, which ends the stale windows. */
  readonly refused: boolean;
}

/** Whether the entry says that the source has nothing under its key. */
export const isAbsence = (entry: CacheEntry): boolean => entry.bodies.length === 0;

/** The body of the given content type, if the entry keeps it. */
export const bodyOf = (entry: CacheEntry, contentType: string): StoredBody | undefined =>
  entry.bodies.find((body) => body.contentType === contentType);

/** One encoded form of an entry, told from the others by its content type. */
export interface Body {
  /** Media type as it stands in the `Content-Type` header of an answer, for example `application/json`. */
  readonly contentType: string;
  /** The answer as it goes over the wire. Never changed after it was handed over. */
  readonly bytes: Uint8Array;
}

/** A body as it is kept: with the digest of its bytes, from which a strong entity tag is made. */
export interface StoredBody extends Body {
  readonly digest: string;
}
