import type { CacheEntry } from '../../domain/cache/cache-entry.ts';
import type { EntryKey } from '../../domain/cache/entry-key.ts';
import type { BodyArena, BodySlot } from './body-arena.ts';

/** An entry in as few objects as will do; its key is what it is found by. */
export class KeptEntry {
  readonly cost: number;
  readonly #storedAt: number;
  readonly #readOrder: number;
  readonly #jitter: number;
  readonly #refused: boolean;
  /** One alone stands without a list. */
  readonly #bodies: BodySlot | readonly BodySlot[];

  constructor({ storedAt, readOrder, jitter, refused, bodies }: CacheEntry, cost: number, arena: BodyArena) {
    this.cost = cost;
    this.#storedAt = storedAt;
    this.#readOrder = readOrder;
    this.#jitter = jitter;
    this.#refused = refused;
    const slots = bodies.map((body) => arena.add(body));
    const [first, second] = slots;
    if (first === undefined) this.#bodies = NONE;
    else this.#bodies = second === undefined ? first : slots;
  }

  /** The entry, as that of `key`. */
  asEntryOf(key: EntryKey): CacheEntry {
    return {
      key,
      storedAt: this.#storedAt,
      readOrder: this.#readOrder,
      bodies: 'body' in this.#bodies ? [this.#bodies.body] : this.#bodies.map(({ body }) => body),
      jitter: this.#jitter,
      refused: this.#refused,
    };
  }

  /** Frees what its bodies take of the arena. */
  leave(arena: BodyArena): void {
    for (const slot of 'body' in this.#bodies ? [this.#bodies] : this.#bodies) arena.free(slot);
  }
}

const NONE: readonly BodySlot[] = [];
