import type { EntryKey } from './entry-key.ts';

/** What a request names: one entry, or a whole group if `key` is absent. */
export interface Address {
  readonly group: string;
  readonly key?: EntryKey;
}
