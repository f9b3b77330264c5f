/** Puts all that happens into one order. */
export class Chronology {
  #order = 0;

  /** The place of what happens now. */
  next(): number {
    this.#order += 1;
    return this.#order;
  }
}
