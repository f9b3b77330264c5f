import type { Chance } from '../support/chance.ts';

/** What becomes of a call. */
export type Fate = 'answered' | 'garbage' | 'failed' | 'throttled' | 'refused' | 'lost' | 'silent';

type Climate = 'fair' | 'slow' | 'throttling' | 'failing' | 'unreachable' | 'silent' | 'refusing' | 'mixed';

/** Half of the time there is nothing wrong. */
const FAIR: readonly [Climate, ...Climate[]] = [
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
];

const CLIMATES: readonly [Climate, ...Climate[]] = [
  ...FAIR,
  'slow',
  'throttling',
  'failing',
  'unreachable',
  'silent',
  'refusing',
  'refusing',
  'mixed',
  'mixed',
];

const FATES: Readonly<Record<Climate, readonly [Fate, ...Fate[]]>> = {
  fair: ['answered'],
  slow: ['answered'],
  throttling: ['answered', 'throttled'],
  failing: ['failed', 'garbage'],
  unreachable: ['lost'],
  silent: ['silent'],
  refusing: ['refused'],
  mixed: ['answered', 'answered', 'answered', 'garbage', 'failed', 'throttled', 'refused', 'lost', 'silent'],
};

/** How each table is doing just now. */
export class Weather {
  readonly #chance: Chance;
  readonly #climates = new Map<string, Climate>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** It changes over one table. */
  change(table: string): void {
    this.#climates.set(table, this.#chance.pick(CLIMATES));
  }

  /** It is fair everywhere. */
  clear(): void {
    this.#climates.clear();
  }

  fateOf(table: string): Fate {
    return this.#chance.pick(FATES[this.#climateOf(table)]);
  }

  /** Milliseconds that an answer takes. */
  delayMsOf(table: string): number {
    if (this.#climateOf(table) === 'slow') return this.#chance.between(100, 3_000);
    return this.#chance.oneIn(8) ? this.#chance.between(500, 1_900) : this.#chance.between(1, 60);
  }

  #climateOf(table: string): Climate {
    return this.#climates.get(table) ?? 'fair';
  }
}
