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
