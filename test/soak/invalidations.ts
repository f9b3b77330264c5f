/** Older ones say nothing that the younger ones do not. */
const KEPT = 16;

/** The last invalidations of a key or a table, each from its request to its answer. */
export class Invalidations {
  #list: { readonly sent: number; readonly done: number }[] = [];

  add(sent: number, done: number): void {
    this.#list.push({ sent, done });
    if (this.#list.length > KEPT) this.#list.shift();
  }

  /** Whether one lies wholly between the two orders. */
  anyWithin(after: number, before: number): boolean {
    return this.#list.some(({ sent, done }) => sent > after && done < before);
  }
}
