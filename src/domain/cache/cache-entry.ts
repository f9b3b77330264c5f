/** The key of one entry: its group and its canonical id within the group. Two keys are equal exactly if their `text` is equal. */
export class EntryKey {
  readonly group: string;
  /** Group and id as one string. It is unique, because a group contains no NUL. */
  readonly text: string;

  /** @throws {RangeError} if `group` is empty or contains a NUL character */
  constructor(group: string, id: string) {
    if (group === '' || group.includes('\0')) {
      throw new RangeError('a group name is a non-empty string without NUL characters');
    }
    this.group = group;
    this.text = `${group}\0${id}`;
  }

  /** Computed from `text`. Storing the given string would keep a whole request in memory, if it is a substring of one. */
  get id(): string {
    return this.text.slice(this.group.length + 1);
  }
}

/** The target of a request: one entry, or a whole group if `key` is absent. */
export interface Address {
  readonly group: string;
  readonly key?: EntryKey;
}

/** The cached answer for one key: its bodies, or a negative entry without bodies. */
export interface CacheEntry {
  readonly key: EntryKey;
  /** Wall time, in milliseconds since the epoch, at which the read from the source started. */
  readonly storedAt: number;
  /** Sequence number of the read in this process. A read that started later has a larger number. */
  readonly readOrder: number;
  /** One for each stored content type; empty for a negative entry. */
  readonly bodies: readonly StoredBody[];
  /** Share by which the lifetime is shortened, from 0 to 0.1, so that entries loaded together do not expire together. */
  readonly jitter: number;
  /** Whether the source refused a later read. A refusal ends the stale windows. */
  readonly refused: boolean;
}

/** Whether the entry is a negative entry: the source has no item with its key. */
export const isAbsence = (entry: CacheEntry): boolean => entry.bodies.length === 0;

/** Returns the body of the given content type, if it is stored. */
export const bodyOf = (entry: CacheEntry, contentType: string): StoredBody | undefined =>
  entry.bodies.find((body) => body.contentType === contentType);

/** One encoding of an entry. */
export interface Body {
  /** Names the encoding among those of the entry. By default the `Content-Type` of an answer, for example `application/json`. */
  readonly contentType: string;
  /** Value of the `Content-Type` header of an answer, if it differs from `contentType`, which then only names the form. */
  readonly mediaType?: string;
  /** The encoded body of an answer. It must not be changed. */
  readonly bytes: Uint8Array;
}

/** A stored body with the digest of its bytes, which is used for a strong entity tag. */
export interface StoredBody extends Body {
  readonly digest: string;
}
