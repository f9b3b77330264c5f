import { type CacheEntry, isAbsence } from '../../domain/cache/cache-entry.ts';
import type { EntryKey } from '../../domain/cache/entry-key.ts';
import type { CacheStore, StoreOutcome, StoreUsage } from '../../ports/outbound/cache-store.ts';
import { entryCost } from './entry-cost.ts';
import { MAX_RECORDED_COST } from './entry-record.ts';
import { LruShare } from './lru-share.ts';

/** Bounds of an `LruCacheStore`. */
export interface LruCacheStoreOptions {
  /** Bodies, keys and the estimated cost of keeping them, known absences included. */
  readonly maxBytes: number;
  /** The part of `maxBytes` that is set aside for known absences; 0 keeps none. */
  readonly maxAbsenceBytes: number;
  /** Entries of both kinds, divided between them like the bytes. */
  readonly maxEntries?: number;
}

/** The largest part of the bound that one entry may take. */
const MAX_ENTRY_SHARE = 1 / 8;

/** How much of the bound is filled without having been asked for. */
const FILL_SHARE = 0.9;

/**
 * Keeps entries in this process, evicting what was used least recently.
 * Known absences have a share of their own, so that made-up keys cannot push out items.
 */
export class LruCacheStore implements CacheStore {
  readonly #maxBytes: number;
  readonly #maxEntries: number | undefined;
  readonly #items: LruShare;
  readonly #absences: LruShare;

  /** @throws {RangeError} if a bound is no whole number, `maxBytes` or `maxEntries` is below 1, or `maxAbsenceBytes` is not from 0 to `maxBytes` */
  constructor({ maxBytes, maxAbsenceBytes, maxEntries }: LruCacheStoreOptions) {
    requireWhole('maxBytes', maxBytes, 1, Number.MAX_SAFE_INTEGER);
    requireWhole('maxAbsenceBytes', maxAbsenceBytes, 0, maxBytes);
    if (maxEntries !== undefined) requireWhole('maxEntries', maxEntries, 1, Number.MAX_SAFE_INTEGER);
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
    const allEntries = maxEntries ?? Number.POSITIVE_INFINITY;
    const absenceEntries =
      maxEntries === undefined ? allEntries : absencesOf(maxEntries, maxAbsenceBytes / maxBytes);
    this.#absences = new LruShare({ maxBytes: maxAbsenceBytes, maxEntries: absenceEntries });
    this.#items = new LruShare({
      maxBytes: maxBytes - maxAbsenceBytes,
      maxEntries: maxEntries === undefined ? allEntries : maxEntries - absenceEntries,
    });
  }

  get(key: EntryKey): CacheEntry | undefined {
    return this.#items.get(key) ?? this.#absences.get(key);
  }

  put(entry: CacheEntry): Exclude<StoreOutcome, 'full'> {
    return this.#put(entry, entryCost(entry));
  }

  putIfRoom(entry: CacheEntry): StoreOutcome {
    const cost = entryCost(entry);
    return this.#isTooLarge(cost, entry) || this.#hasRoomFor(cost, entry) ? this.#put(entry, cost) : 'full';
  }

  delete(key: EntryKey): void {
    this.#items.delete(key);
    this.#absences.delete(key);
  }

  deleteGroup(group: string): void {
    this.#items.deleteGroup(group);
    this.#absences.deleteGroup(group);
  }

  usage(): StoreUsage {
    return {
      entries: this.#items.entries + this.#absences.entries,
      bytes: this.#items.bytes + this.#absences.bytes,
      maxBytes: this.#maxBytes,
      ...(this.#maxEntries === undefined ? {} : { maxEntries: this.#maxEntries }),
      evictions: this.#items.evictions + this.#absences.evictions,
    };
  }

  #put(entry: CacheEntry, cost: number): Exclude<StoreOutcome, 'full'> {
    const share = this.#shareOf(entry);
    (share === this.#items ? this.#absences : this.#items).delete(entry.key);
    if (this.#isTooLarge(cost, entry)) {
      share.delete(entry.key);
      return 'too_large';
    }
    share.put(entry, cost);
    return 'stored';
  }

  #shareOf(entry: CacheEntry): LruShare {
    return isAbsence(entry) ? this.#absences : this.#items;
  }

  #isTooLarge(cost: number, entry: CacheEntry): boolean {
    const most = Math.min(this.#maxBytes * MAX_ENTRY_SHARE, MAX_RECORDED_COST);
    return cost > most || !this.#shareOf(entry).admits(cost);
  }

  #hasRoomFor(cost: number, entry: CacheEntry): boolean {
    const [share, other] = isAbsence(entry) ? [this.#absences, this.#items] : [this.#items, this.#absences];
    const older = share.costOf(entry.key);
    const olderOther = other.costOf(entry.key);
    const bytes = share.bytes + other.bytes - older - olderOther + cost;
    const entries = share.entries + other.entries + (older + olderOther === 0 ? 1 : 0);
    return (
      share.hasRoomFor(cost, older) &&
      bytes <= this.#maxBytes * FILL_SHARE &&
      entries <= (this.#maxEntries ?? Number.POSITIVE_INFINITY) * FILL_SHARE
    );
  }
}

/** The absences among `maxEntries`, at least one unless that leaves no item or there is no room for any. */
const absencesOf = (maxEntries: number, share: number): number =>
  share === 0 ? 0 : Math.min(maxEntries - 1, Math.max(1, Math.floor(maxEntries * share)));

const requireWhole = (name: string, value: number, min: number, max: number): void => {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`);
  }
};
