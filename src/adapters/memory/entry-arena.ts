import type { CacheEntry, EntryKey } from '../../domain/cache/cache-entry.ts';
import {
  type ContentTypes,
  costOfRecord,
  lengthOfRecord,
  type RecordSpace,
  readRecord,
  recordLength,
  recordSpace,
  slotOfRecord,
  writeRecord,
} from './entry-record.ts';

const CHUNK_BYTES = 65_536;

/**
 * A longer record gets its own chunk, so that less than 1/32 of a shared chunk is wasted at its end. Compaction cannot recover
 * this waste, so it must stay well below the holes that compaction leaves; otherwise every freed entry would start another one.
 */
const MAX_SHARED_BYTES = CHUNK_BYTES / 32;

/** The holes of freed entries may take up to this share of the live bytes before compaction starts. */
const MAX_HOLES_SHARE = 1 / 8;

interface Chunk extends RecordSpace {
  readonly id: number;
  usedBytes: number;
  liveBytes: number;
}

/**
 * Stores entries as bytes in large chunks. As objects they would take twice the memory, and garbage collector time.
 * The space of a freed entry is never overwritten, because readers may still use its bytes. A chunk with many holes is
 * released after its live entries are moved.
 */
export class EntryArena {
  readonly #chunks = new Map<number, Chunk>();
  readonly #slots = new Slots();
  readonly #contentTypes: ContentTypes = [];
  #current = emptyChunk(0, 0);
  #nextId = 1;
  #liveBytes = 0;
  #heldBytes = 0;

  /** Bytes of all chunks, holes included. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Bytes of all live entries. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Stores a copy of `entry` without its key, and its cost in bytes. Returns its slot. */
  add(entry: CacheEntry, cost: number): number {
    const length = recordLength(entry);
    const chunk = this.#chunkFor(length);
    const slot = this.#slots.take(chunk.id, chunk.usedBytes);
    writeRecord(chunk, chunk.usedBytes, slot, entry, cost, this.#contentTypes);
    reserve(chunk, length);
    this.#liveBytes += length;
    return slot;
  }

  /** Returns the entry in `slot` with `key`. Its bytes stay valid after the slot is freed. */
  entryAt(slot: number, key: EntryKey): CacheEntry {
    return readRecord(this.#chunkOf(slot), this.#slots.offsetOf(slot), key, this.#contentTypes);
  }

  /** The cost of the entry in `slot`, in bytes, as given to `add`. */
  costAt(slot: number): number {
    return costOfRecord(this.#chunkOf(slot), this.#slots.offsetOf(slot));
  }

  /** Removes the entry in `slot`. A slot must not be freed twice. */
  free(slot: number): void {
    const chunk = this.#chunkOf(slot);
    const length = lengthOfRecord(chunk, this.#slots.offsetOf(slot));
    this.#slots.release(slot);
    chunk.liveBytes -= length;
    this.#liveBytes -= length;
    if (chunk.liveBytes === 0 && chunk !== this.#current) this.#removeChunk(chunk);
    else if (this.#heldBytes > this.#liveBytes * (1 + MAX_HOLES_SHARE) + 2 * CHUNK_BYTES) this.#compact();
  }

  #chunkOf(slot: number): Chunk {
    const chunk = this.#chunks.get(this.#slots.chunkOf(slot));
    if (chunk === undefined) throw new Error(`slot ${slot} is not in use`);
    return chunk;
  }

  #chunkFor(length: number): Chunk {
    if (length > MAX_SHARED_BYTES) return this.#addChunk(length);
    if (this.#current.usedBytes + length > this.#current.bytes.length) {
      const last = this.#current;
      this.#current = this.#addChunk(CHUNK_BYTES);
      if (last.liveBytes === 0) this.#removeChunk(last);
    }
    return this.#current;
  }

  /** Releases the emptiest chunks until half of the allowed holes remain, so that the moved bytes stay close to the freed bytes. */
  #compact(): void {
    const targetBytes = this.#liveBytes * (1 + MAX_HOLES_SHARE / 2) + CHUNK_BYTES;
    const emptiestFirst = [...this.#chunks.values()]
      .filter((chunk) => chunk !== this.#current)
      .sort((one, other) => one.liveBytes / one.bytes.length - other.liveBytes / other.bytes.length);
    for (const chunk of emptiestFirst) {
      if (this.#heldBytes <= targetBytes) return;
      this.#removeChunk(chunk);
      this.#moveLiveEntries(chunk);
    }
  }

  #moveLiveEntries(chunk: Chunk): void {
    const { id, bytes, usedBytes } = chunk;
    let length: number;
    for (let offset = 0; offset < usedBytes; offset += length) {
      length = lengthOfRecord(chunk, offset);
      const slot = slotOfRecord(chunk, offset);
      // The slot of a freed record may already refer to another entry.
      if (this.#slots.chunkOf(slot) !== id || this.#slots.offsetOf(slot) !== offset) continue;
      const next = this.#chunkFor(length);
      next.bytes.set(bytes.subarray(offset, offset + length), next.usedBytes);
      this.#slots.move(slot, next.id, next.usedBytes);
      reserve(next, length);
    }
  }

  #addChunk(length: number): Chunk {
    const chunk = emptyChunk(this.#nextId, length);
    this.#nextId += 1;
    this.#chunks.set(chunk.id, chunk);
    this.#heldBytes += length;
    return chunk;
  }

  #removeChunk(chunk: Chunk): void {
    if (this.#chunks.delete(chunk.id)) this.#heldBytes -= chunk.bytes.length;
  }
}

const emptyChunk = (id: number, length: number): Chunk => ({
  id,
  ...recordSpace(length),
  usedBytes: 0,
  liveBytes: 0,
});

const reserve = (chunk: Chunk, length: number): void => {
  chunk.usedBytes += length;
  chunk.liveBytes += length;
};

const NONE = 0xff_ff_ff_ff;

/** Stable numbers for records that can be moved. Two typed arrays keep the number of objects for the garbage collector low. */
export class Slots {
  #chunks = new Uint32Array(16);
  /** For a free slot: the next free slot. */
  #offsets = new Uint32Array(16);
  #free = NONE;
  #used = 0;

  /** Returns a slot for the record at `offset` of `chunk`. Reuses released slots. */
  take(chunk: number, offset: number): number {
    const slot = this.#free === NONE ? this.#used : this.#free;
    if (slot === this.#used) this.#used += 1;
    else this.#free = this.#offsets[slot] ?? NONE;
    if (slot === this.#chunks.length) this.#grow();
    this.move(slot, chunk, offset);
    return slot;
  }

  move(slot: number, chunk: number, offset: number): void {
    this.#chunks[slot] = chunk;
    this.#offsets[slot] = offset;
  }

  /** Releases a slot. It must be called only once for each `take`. */
  release(slot: number): void {
    this.move(slot, NONE, this.#free);
    this.#free = slot;
  }

  chunkOf(slot: number): number {
    return this.#chunks[slot] ?? NONE;
  }

  offsetOf(slot: number): number {
    return this.#offsets[slot] ?? NONE;
  }

  #grow(): void {
    const [chunks, offsets] = [this.#chunks, this.#offsets];
    this.#chunks = new Uint32Array(2 * chunks.length);
    this.#offsets = new Uint32Array(2 * offsets.length);
    this.#chunks.set(chunks);
    this.#offsets.set(offsets);
  }
}
