/** Longer texts are parsed each time, so that memory is bounded. */
const MAX_LENGTH = 512;
const MAX_KEPT = 1_000;

/** Keeps what was parsed from requests. A function sends the same few, and parsing one takes longer than all else that a hit needs. */
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
