import type { EntryKey } from './entry-key.ts';
import type { TtlPolicy } from './ttl-policy.ts';

/** What the use cases know of one group of entries. */
export interface CacheGroup {
  readonly name: string;
  readonly policy: TtlPolicy;
  /** Content types that are kept from the start; others are kept from the first request for them. */
  readonly contentTypes: readonly string[];
  readonly preload: {
    /** Entries to load one by one, before the rest. */
    readonly keys: readonly EntryKey[];
    /** Whether everything that the source has of the group is loaded. */
    readonly everything: boolean;
  };
}
