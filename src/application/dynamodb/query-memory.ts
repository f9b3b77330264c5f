import { EntryKey } from '../../domain/cache/entry-key.ts';
import { TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { RecentWrites } from '../storing/recent-writes.ts';

const decoder = new TextDecoder();

/** Keeps the answer of a query that is being asked, unless a write came in between. */
export type KeepAnswer = (bytes: Uint8Array, contentType: string) => void;

/** Remembers answers to whole queries, for as long as nothing of their table is written or forgotten. */
export class QueryMemory {
  readonly #store: CacheStore;
  readonly #marks: RecentWrites;
  readonly #clock: Clock;
  /** How often something of a table was forgotten. */
  readonly #changes = new Map<string, number>();

  constructor(store: CacheStore, marks: RecentWrites, clock: Clock) {
    this.#store = store;
    this.#marks = marks;
    this.#clock = clock;
  }

  /** The answer to the query that these bytes write. */
  recall(spec: TableSpec, query: Uint8Array): Uint8Array | undefined {
    const entry = this.#store.get(keyOf(spec, query));
    if (entry?.readOrder !== this.#changesOf(spec.name)) return undefined;
    const lookup = policyOf(spec).lookup(entry, this.#clock.now());
    return lookup.outcome === 'hit' ? lookup.entry.bodies[0]?.bytes : undefined;
  }

  /** The query is asked now. */
  begin(spec: TableSpec, query: Uint8Array): KeepAnswer {
    const storedAt = this.#clock.now();
    const readOrder = this.#changesOf(spec.name);
    // An answer that may lag behind a write is right for who asked, but for nobody after that.
    if (this.#marks.isGroupRecent(spec.name)) return () => undefined;
    return (bytes, contentType) => {
      if (readOrder !== this.#changesOf(spec.name)) return;
      const body = { contentType, bytes, digest: '' };
      const key = keyOf(spec, query);
      this.#store.put({ key, storedAt, readOrder, bodies: [body], jitter: 0, refused: false });
    };
  }

  /**
   * Something of the table was forgotten. Answers of before are left to the store, like those that expire: to look for
   * them among all entries would keep everybody waiting at each write.
   */
  forget(table: string): void {
    this.#changes.set(table, this.#changesOf(table) + 1);
  }

  #changesOf(table: string): number {
    return this.#changes.get(table) ?? 0;
  }
}

/** No name of a table holds a question mark. */
const keyOf = ({ name }: TableSpec, query: Uint8Array): EntryKey =>
  new EntryKey(`${name}?query`, decoder.decode(query));

const policyOf = ({ queryTtlMs = 0 }: TableSpec): TtlPolicy =>
  new TtlPolicy({ ttlMs: queryTtlMs, negativeTtlMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 });
