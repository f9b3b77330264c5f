/** What the reads of one mode showed. */
interface ReadTotal {
  reads: number;
  oldReads: number;
  /** How long an old price had been replaced at most. */
  oldestMs: number;
}

/** When each price was written, and how old the prices were that reads have shown. */
export class PriceHistory {
  readonly #writtenAtMs = new Map([[1, performance.now()]]);
  readonly #totals = new Map<string, ReadTotal>();
  newest = 1;

  wrote(price: number): void {
    this.#writtenAtMs.set(price, performance.now());
    this.newest = price;
  }

  /** Returns how long ago the price was replaced; `undefined` if it is the newest. */
  note(mode: string, price: number): number | undefined {
    const total = this.totalOf(mode);
    this.#totals.set(mode, total);
    total.reads += 1;
    const replacedAtMs = this.#writtenAtMs.get(price + 1);
    if (replacedAtMs === undefined) return undefined;
    const ageMs = performance.now() - replacedAtMs;
    total.oldReads += 1;
    total.oldestMs = Math.max(total.oldestMs, ageMs);
    return ageMs;
  }

  totalOf(mode: string): ReadTotal {
    return this.#totals.get(mode) ?? { reads: 0, oldReads: 0, oldestMs: 0 };
  }
}
