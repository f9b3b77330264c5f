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
