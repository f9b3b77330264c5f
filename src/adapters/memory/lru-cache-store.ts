import { LRUCache } from 'lru-cache';
import { type CacheEntry, type EntryKey, isAbsence } from '../../domain/cache/cache-entry.ts';
import type { CacheStore, StoreOutcome, StoreUsage } from '../../ports/outbound/cache-store.ts';
import { EntryArena } from './entry-arena.ts';
import { entryCost, MAX_RECORDED_COST, MIN_ENTRY_COST } from './entry-record.ts';

/** Bounds of an `LruCacheStore`. */
export interface LruCacheStoreOptions {
  /** Estimated memory of all entries, negative entries included. */
  readonly maxBytes: number;
  /** The part of `maxBytes` that is reserved for negative entries; 0 disables them. */
  readonly maxAbsenceBytes: number;
  /** The most entries, divided between items and negative entries in the same ratio as the bytes. */
  readonly maxEntries?: number | undefined;
}

/** The largest part of the bound that one entry may take. */
const MAX_ENTRY_SHARE = 1 / 8;

/** `putIfRoom` fills the store only up to this share of the bound. */
const FILL_SHARE = 0.9;

/**
 * Stores entries in this process and evicts the least recently used ones. Negative entries have a separate share, so that
 * requests for nonexistent keys cannot evict items.
 */
export class LruCacheStore implements CacheStore {
  readonly #maxBytes: number;
  readonly #maxEntries: number | undefined;
  readonly #items: LruShare;
  readonly #absences: LruShare;

  /** @throws {RangeError} if a bound is not a whole number, is below 1 (`maxAbsenceBytes`: below 0 or above `maxBytes`) */
  constructor({ maxBytes, maxAbsenceBytes, maxEntries }: LruCacheStoreOptions) {
    requireWhole('maxBytes', maxBytes, 1, Number.MAX_SAFE_INTEGER);
    requireWhole('maxAbsenceBytes', maxAbsenceBytes, 0, maxBytes);
    if (maxEntries !== undefined) requireWhole('maxEntries', maxEntries, 1, Number.MAX_SAFE_INTEGER);
    this.#maxBytes = maxBytes;
    this.#maxEntries = maxEntries;
    const allEntries = maxEntries ?? Number.POSITIVE_INFINITY;
    const absenceEntries =
      maxEntries === undefined ? allEntries : maxAbsencesOf(maxEntries, maxAbsenceBytes / maxBytes);
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
    const maxCost = Math.min(this.#maxBytes * MAX_ENTRY_SHARE, MAX_RECORDED_COST);
    return cost > maxCost || !this.#shareOf(entry).admits(cost);
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

/** The most negative entries: at least one, unless that leaves no room for an item or negative entries are disabled. */
const maxAbsencesOf = (maxEntries: number, share: number): number =>
  share === 0 ? 0 : Math.min(maxEntries - 1, Math.max(1, Math.floor(maxEntries * share)));

const requireWhole = (name: string, value: number, min: number, max: number): void => {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`);
  }
};

/** Bounds of a share. */
export interface ShareBounds {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** A part of the store with separate bounds. Entries of one share cannot evict those of another. */
export class LruShare {
  readonly #bounds: ShareBounds;
  /** Slots of the arena by key. */
  readonly #slots: LRUCache<string, number>;
  readonly #arena = new EntryArena();
  readonly #members = new GroupMembers();
  #evictions = 0;

  constructor(bounds: ShareBounds) {
    this.#bounds = bounds;
    // `max` makes the cache allocate its tables immediately, so it is set only if it is the tighter bound.
    const countIsTighter = bounds.maxEntries > 0 && bounds.maxEntries < bounds.maxBytes / MIN_ENTRY_COST;
    this.#slots = new LRUCache({
      maxSize: Math.max(1, bounds.maxBytes),
      ...(countIsTighter ? { max: bounds.maxEntries } : {}),
      sizeCalculation: (slot) => this.#arena.costAt(slot),
      dispose: (slot, text, reason) => {
        this.#arena.free(slot);
        this.#members.remove(text.slice(0, text.indexOf('\0')), text);
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

  /** Returns the entry of `key` and marks it as recently used. */
  get(key: EntryKey): CacheEntry | undefined {
    const slot = this.#slots.get(key.text);
    return slot === undefined ? undefined : this.#arena.entryAt(slot, key);
  }

  /** The cost of the entry of `key` in bytes; 0 if it does not exist. Does not mark the entry as used. */
  costOf(key: EntryKey): number {
    const slot = this.#slots.peek(key.text);
    return slot === undefined ? 0 : this.#arena.costAt(slot);
  }

  /** Whether an entry of this cost fits into the empty share. */
  admits(cost: number): boolean {
    return cost <= this.#bounds.maxBytes && this.#bounds.maxEntries > 0;
  }

  /** Whether an entry of this cost fits without evictions, after an older entry of `olderCost` is replaced. */
  hasRoomFor(cost: number, olderCost: number): boolean {
    return (
      this.bytes - olderCost + cost <= this.#bounds.maxBytes &&
      this.entries + (olderCost === 0 ? 1 : 0) <= this.#bounds.maxEntries
    );
  }

  /** Stores `entry` and evicts the least recently used ones if necessary. The share must admit `cost`. */
  put(entry: CacheEntry, cost: number): void {
    // Joined again, because V8 keeps a concatenated string together with its parts.
    const text = [entry.key.group, entry.key.id].join('\0');
    this.#slots.set(text, this.#arena.add(entry, cost));
    this.#members.add(entry.key.group, text);
  }

  delete(key: EntryKey): void {
    this.#slots.delete(key.text);
  }

  deleteGroup(group: string): void {
    for (const text of this.#members.of(group, this.#slots.keys())) this.#slots.delete(text);
  }
}

/** Groups with more members are found by a search among all entries: a set of them would cost memory beyond the bound of the store. */
const MAX_LISTED = 1_000;

/**
 * The texts of the keys of each group. Each write empties whole groups, most of which have few entries or none, and must not
 * search among all entries for them.
 */
class GroupMembers {
  /** Counted only, if there were more than `MAX_LISTED` since the group was last empty. */
  readonly #groups = new Map<string, { size: number; texts: Set<string> | undefined }>();

  add(group: string, text: string): void {
    const members = this.#groups.get(group) ?? { size: 0, texts: new Set() };
    this.#groups.set(group, members);
    members.size += 1;
    members.texts?.add(text);
    if (members.size > MAX_LISTED) members.texts = undefined;
  }

  remove(group: string, text: string): void {
    const members = this.#groups.get(group);
    if (members === undefined) return;
    members.size -= 1;
    members.texts?.delete(text);
    if (members.size === 0) this.#groups.delete(group);
  }

  /** @param all the texts of all keys */
  of(group: string, all: Iterable<string>): readonly string[] {
    const members = this.#groups.get(group);
    if (members === undefined) return [];
    if (members.texts !== undefined) return [...members.texts];
    const prefix = `${group}\0`;
    return [...all].filter((text) => text.startsWith(prefix));
  }
}
