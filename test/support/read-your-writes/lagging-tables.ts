import type { AttributeMap } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { FakeClock } from '../fakes/fake-clock.ts';

/** What lay under a key from `at` on. */
export interface Version {
  /** In milliseconds that have passed. */
  readonly at: number;
  readonly item: AttributeMap | undefined;
}

/** That a write was done to a key, or that it saw what lay there: place of the version among all of the key. */
export interface Sighting {
  readonly key: string;
  readonly version: number;
  readonly at: number;
}

/** How long an ordinary read may lag behind at most. */
export const LAG_MS = 500;

const NOTHING: Version = { at: Number.NEGATIVE_INFINITY, item: undefined };

/** Items with their whole past, so that it can be read what was there a moment ago. */
export class LaggingTables {
  readonly #clock: FakeClock;
  readonly #pasts = new Map<string, Version[]>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** Every version of a key, the oldest first; before all of them there was nothing. */
  past(key: string): readonly Version[] {
    return this.#pasts.get(key) ?? [NOTHING];
  }

  now(key: string): AttributeMap | undefined {
    return this.past(key).at(-1)?.item;
  }

  /** What an ordinary read sees that lags so many milliseconds. */
  lagging(key: string, lagMs: number): AttributeMap | undefined {
    const image = this.#clock.passedMs - lagMs;
    return this.past(key).findLast(({ at }) => at <= image)?.item;
  }

  put(key: string, item: AttributeMap | undefined): Sighting {
    const past = this.#pasts.get(key) ?? [NOTHING];
    this.#pasts.set(key, past);
    const at = this.#clock.passedMs;
    past.push({ at, item });
    return { key, version: past.length - 1, at };
  }

  seen(key: string): Sighting {
    return { key, version: this.past(key).length - 1, at: this.#clock.passedMs };
  }
}
