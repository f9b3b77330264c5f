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
 * What is longer has a chunk of its own, so that less than 1/32 is lost at the end of one that is shared. No moving fills that:
 * it must stay well below the holes that are left when they are filled, or they would be filled again at each entry that leaves.
 */
const MAX_SHARED_BYTES = CHUNK_BYTES / 32;

/** How much of what is in use may be taken by the holes that entries leave. */
const MAX_HOLES_SHARE = 1 / 8;

interface Chunk extends RecordSpace {
  readonly id: number;
  usedBytes: number;
  liveBytes: number;
}

/**
 * Keeps entries as bytes, side by side in large chunks: as objects they would take twice as much, and time of the garbage
 * collector. Nothing is ever written where an entry lay before; a chunk with many holes is left behind, by moving what is
 * live in it.
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

  /** Bytes of all entries that were not freed. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Keeps a copy of `entry`, all but its key, and what it costs; gives the slot that it is found by. */
  add(entry: CacheEntry, cost: number): number {
    const length = recordLength(entry);
    const chunk = this.#chunkFor(length);
    const slot = this.#slots.take(chunk.id, chunk.usedBytes);
    writeRecord(chunk, chunk.usedBytes, slot, entry, cost, this.#contentTypes);
    occupy(chunk, length);
    this.#liveBytes += length;
    return slot;
  }

  /** The entry in `slot` as that of `key`. Its bytes stay what they are even when the slot is freed. */
  entryAt(slot: number, key: EntryKey): CacheEntry {
    return readRecord(this.#chunkOf(slot), this.#slots.offsetOf(slot), key, this.#contentTypes);
  }

  /** The cost that the entry in `slot` was added with. */
  costAt(slot: number): number {
    return costOfRecord(this.#chunkOf(slot), this.#slots.offsetOf(slot));
  }

  /** Forgets the entry in `slot`, which must not be freed twice. */
  free(slot: number): void {
    const chunk = this.#chunkOf(slot);
    const length = lengthOfRecord(chunk, this.#slots.offsetOf(slot));
    this.#slots.release(slot);
    chunk.liveBytes -= length;
    this.#liveBytes -= length;
    if (chunk.liveBytes === 0 && chunk !== this.#current) this.#leave(chunk);
    else if (this.#heldBytes > this.#liveBytes * (1 + MAX_HOLES_SHARE) + 2 * CHUNK_BYTES) this.#fillHoles();
  }

  #chunkOf(slot: number): Chunk {
    const chunk = this.#chunks.get(this.#slots.chunkOf(slot));
    if (chunk === undefined) throw new Error(`nothing is kept in slot ${slot}`);
    return chunk;
  }

  #chunkFor(length: number): Chunk {
    if (length > MAX_SHARED_BYTES) return this.#enter(length);
    if (this.#current.usedBytes + length > this.#current.bytes.length) {
      const last = this.#current;
      this.#current = this.#enter(CHUNK_BYTES);
      if (last.liveBytes === 0) this.#leave(last);
    }
    return this.#current;
  }

  /** Leaves the emptiest chunks behind, until half of the holes are gone: what is moved is then never much more than what is freed. */
  #fillHoles(): void {
    const most = this.#liveBytes * (1 + MAX_HOLES_SHARE / 2) + CHUNK_BYTES;
    const emptiestFirst = [...this.#chunks.values()]
      .filter((chunk) => chunk !== this.#current)
      .sort((one, other) => one.liveBytes / one.bytes.length - other.liveBytes / other.bytes.length);
    for (const chunk of emptiestFirst) {
      if (this.#heldBytes <= most) return;
      this.#leave(chunk);
      this.#moveAllOf(chunk);
    }
  }

  #moveAllOf(chunk: Chunk): void {
    const { id, bytes, usedBytes } = chunk;
    let length: number;
    for (let offset = 0; offset < usedBytes; offset += length) {
      length = lengthOfRecord(chunk, offset);
      const slot = slotOfRecord(chunk, offset);
      // A slot that was freed may stand for another entry by now.
      if (this.#slots.chunkOf(slot) !== id || this.#slots.offsetOf(slot) !== offset) continue;
      const next = this.#chunkFor(length);
      next.bytes.set(bytes.subarray(offset, offset + length), next.usedBytes);
      this.#slots.move(slot, next.id, next.usedBytes);
      occupy(next, length);
    }
  }

  #enter(length: number): Chunk {
    const chunk = emptyChunk(this.#nextId, length);
    this.#nextId += 1;
    this.#chunks.set(chunk.id, chunk);
    this.#heldBytes += length;
    return chunk;
  }

  #leave(chunk: Chunk): void {
    if (this.#chunks.delete(chunk.id)) this.#heldBytes -= chunk.bytes.length;
  }
}

const emptyChunk = (id: number, length: number): Chunk => ({
  id,
  ...recordSpace(length),
  usedBytes: 0,
  liveBytes: 0,
});

const occupy = (chunk: Chunk, length: number): void => {
  chunk.usedBytes += length;
  chunk.liveBytes += length;
};

const NONE = 0xff_ff_ff_ff;

/** Numbers that stay what they are while what they stand for is moved. Tables of bytes, of which no collector sees more than two. */
export class Slots {
  #chunks = new Uint32Array(16);
  /** Of a slot that is free: the next that is. */
  #offsets = new Uint32Array(16);
  #free = NONE;
  #used = 0;

  /** A slot for what lies at a place; one that was released before, if there is any. */
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

  /** Must not be called twice for one that was taken once. */
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
