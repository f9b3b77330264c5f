import { LRUCache } from 'lru-cache';
import { type CacheEntry, type EntryKey, isAbsence } from '../../domain/cache/cache-entry.ts';
import type { CacheStore, StoreOutcome, StoreUsage } from '../../ports/outbound/cache-store.ts';
import { EntryArena } from './entry-arena.ts';
import { entryCost, MAX_RECORDED_COST, MIN_ENTRY_COST } from './entry-record.ts';

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

/** What a share may hold. */
export interface ShareBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** A part of the store with bounds of its own: what fills it cannot push anything out of another. */
export class LruShare {
  readonly #bounds: ShareBounds;
  /** From keys to slots of the arena. */
  readonly #slots: LRUCache<string, number>;
  readonly #arena = new EntryArena();
  #evictions = 0;

  constructor(bounds: ShareBounds) {
    this.#bounds = bounds;
    // A cache with `max` reserves its tables at once, so it gets one only where that is the bound that counts.
    const countIsTighter = bounds.maxEntries > 0 && bounds.maxEntries < bounds.maxBytes / MIN_ENTRY_COST;
    this.#slots = new LRUCache({
      maxSize: Math.max(1, bounds.maxBytes),
      ...(countIsTighter ? { max: bounds.maxEntries } : {}),
      sizeCalculation: (slot) => this.#arena.costAt(slot),
      dispose: (slot, _key, reason) => {
        this.#arena.free(slot);
        if (reason === 'evict') this.#evictions += 1;
      },
    });
  }

  get entries(): number {
    return this.#slots.size;
  }

  get bytes(): number {
    return this.#slots.calculatedSize;
  }

  get evictions(): number {
    return this.#evictions;
  }

  /** The entry of `key`, which counts as used by this. */
  get(key: EntryKey): CacheEntry | undefined {
    const slot = this.#slots.get(key.text);
    return slot === undefined ? undefined : this.#arena.entryAt(slot, key);
  }

  /** What the entry of `key` costs; 0 if there is none. Does not count as use. */
  costOf(key: EntryKey): number {
    const slot = this.#slots.peek(key.text);
    return slot === undefined ? 0 : this.#arena.costAt(slot);
  }

  /** Whether something of this cost could be kept if all else went. */
  admits(cost: number): boolean {
    return cost <= this.#bounds.maxBytes && this.#bounds.maxEntries > 0;
  }

  /** Whether an entry of this cost could be kept, in place of one of `olderCost`, with nothing else going. */
  hasRoomFor(cost: number, olderCost: number): boolean {
    return (
      this.bytes - olderCost + cost <= this.#bounds.maxBytes &&
      this.entries + (olderCost === 0 ? 1 : 0) <= this.#bounds.maxEntries
    );
  }

  /** Keeps `entry` at a cost that the share must admit, evicting what was used least recently. */
  put(entry: CacheEntry, cost: number): void {
    // Joined anew, because a text that was added together is kept in its parts as well as whole.
    const text = [entry.key.group, entry.key.id].join('\0');
    this.#slots.set(text, this.#arena.add(entry, cost));
  }

  delete(key: EntryKey): void {
    this.#slots.delete(key.text);
  }

  /** Walks over all entries of the share: rare enough not to pay for an index with every entry. */
  deleteGroup(group: string): void {
    const prefix = `${group}\0`;
    const doomed = [...this.#slots.keys()].filter((text) => text.startsWith(prefix));
    for (const text of doomed) this.#slots.delete(text);
  }
}
