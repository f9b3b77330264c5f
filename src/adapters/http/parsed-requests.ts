/** Longer texts are parsed each time, so that memory is bounded. */
const MAX_LENGTH = 512;
const MAX_KEPT = 1_000;

/** Parses each request once. A function repeats a few requests, and parsing takes longer than the rest of a hit. */
export class ParsedRequests<Parsed> {
  readonly #kept = new Map<string, Parsed>();
  readonly #parse: (text: string) => Parsed;

  /** @param parse depends on the text alone */
  constructor(parse: (text: string) => Parsed) {
    this.#parse = parse;
  }

  /** Returns or throws what `parse` does. */
  of(text: string): Parsed {
    const known = this.#kept.get(text);
    if (known !== undefined) return known;
    const parsed = this.#parse(text);
    if (text.length > MAX_LENGTH) return parsed;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(text, parsed);
    return parsed;
  }
}
