import type { StoredBody } from '../../domain/cache/body.ts';

const CHUNK_BYTES = 65_536;

/** What is longer has a chunk of its own, so that little is lost at the end of one that is shared. */
const MAX_SHARED_BYTES = CHUNK_BYTES / 8;

/** How much of what is in use may be taken by the holes that bodies leave. */
const MAX_HOLES_SHARE = 1 / 8;

interface Chunk {
  readonly bytes: Uint8Array;
  /** Of all that lie here, those that left included, until there are too many holes. */
  slots: BodySlot[];
  usedBytes: number;
  liveBytes: number;
}

/** One body, and the place where it lies. */
export class BodySlot {
  readonly length: number;
  readonly #contentType: string;
  readonly #digest: string;
  #chunk: Chunk;
  #offset: number;
  #isFree = false;

  constructor({ contentType, digest, bytes }: StoredBody, chunk: Chunk) {
    this.length = bytes.length;
    this.#contentType = contentType;
    this.#digest = digest;
    this.#chunk = chunk;
    this.#offset = chunk.usedBytes;
  }

  /** The body, with a view of its bytes that stays what it is even when the slot moves or is freed. */
  get body(): StoredBody {
    return { contentType: this.#contentType, digest: this.#digest, bytes: this.bytes };
  }

  get bytes(): Uint8Array {
    return this.#chunk.bytes.subarray(this.#offset, this.#offset + this.length);
  }

  get chunk(): Chunk {
    return this.#chunk;
  }

  get isFree(): boolean {
    return this.#isFree;
  }

  free(): void {
    this.#isFree = true;
  }

  moveTo(chunk: Chunk, offset: number): void {
    this.#chunk = chunk;
    this.#offset = offset;
  }
}

/**
 * Keeps bodies side by side in large chunks: a buffer for each would take as much again, and time of the garbage collector.
 * Nothing is ever written where a body lay before; a chunk with many holes is left behind, by moving what is live in it.
 */
export class BodyArena {
  readonly #chunks = new Set<Chunk>();
  #current = emptyChunk(0);
  #liveBytes = 0;
  #heldBytes = 0;

  /** Bytes of all chunks, holes included. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Keeps a copy of `body`. */
  add(body: StoredBody): BodySlot {
    const chunk = this.#chunkFor(body.bytes.length);
    const slot = new BodySlot(body, chunk);
    place(slot, body.bytes, chunk);
    this.#liveBytes += slot.length;
    return slot;
  }

  /** Forgets the body of a slot, which must not be freed twice. */
  free(slot: BodySlot): void {
    const { chunk, length } = slot;
    slot.free();
    chunk.liveBytes -= length;
    this.#liveBytes -= length;
    if (chunk.liveBytes === 0 && chunk !== this.#current) this.#leave(chunk);
    else if (this.#heldBytes > this.#liveBytes * (1 + MAX_HOLES_SHARE) + 2 * CHUNK_BYTES) this.#fillHoles();
  }

  #chunkFor(length: number): Chunk {
    if (length > MAX_SHARED_BYTES) return this.#enter(emptyChunk(length));
    if (this.#current.usedBytes + length > this.#current.bytes.length) {
      const last = this.#current;
      this.#current = this.#enter(emptyChunk(CHUNK_BYTES));
      if (last.liveBytes === 0) this.#leave(last);
    }
    return this.#current;
  }

  /** Leaves the emptiest chunks behind, until half of the holes are gone: what is moved is then never much more than what is freed. */
  #fillHoles(): void {
    const most = this.#liveBytes * (1 + MAX_HOLES_SHARE / 2) + CHUNK_BYTES;
    const emptiestFirst = [...this.#chunks]
      .filter((chunk) => chunk !== this.#current)
      .sort((one, other) => one.liveBytes / one.bytes.length - other.liveBytes / other.bytes.length);
    for (const chunk of emptiestFirst) {
      if (this.#heldBytes <= most) return;
      this.#leave(chunk);
      for (const slot of chunk.slots) {
        if (slot.isFree) continue;
        const bytes = slot.bytes;
        const next = this.#chunkFor(slot.length);
        slot.moveTo(next, next.usedBytes);
        place(slot, bytes, next);
      }
    }
  }

  #enter(chunk: Chunk): Chunk {
    this.#chunks.add(chunk);
    this.#heldBytes += chunk.bytes.length;
    return chunk;
  }

  #leave(chunk: Chunk): void {
    if (this.#chunks.delete(chunk)) this.#heldBytes -= chunk.bytes.length;
  }
}

const emptyChunk = (length: number): Chunk => ({
  bytes: new Uint8Array(length),
  slots: [],
  usedBytes: 0,
  liveBytes: 0,
});

const place = (slot: BodySlot, bytes: Uint8Array, chunk: Chunk): void => {
  chunk.bytes.set(bytes, chunk.usedBytes);
  chunk.slots.push(slot);
  chunk.usedBytes += bytes.length;
  chunk.liveBytes += bytes.length;
};
