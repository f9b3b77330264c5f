/** Counts operations that were forwarded without a look into the cache, by reason. */
export class ForwardCounts {
  readonly #byReason = new Map<string, number>();

  /** @param reason one of a closed set of plain names: each becomes a series of `/metrics` */
  count(reason: string): void {
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + 1);
  }

  /** The counts of this moment, by reason; reasons that did not occur are absent. */
  snapshot(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#byReason].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }
}
