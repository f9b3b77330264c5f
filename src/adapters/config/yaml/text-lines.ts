/** Converts offsets in a text to lines and columns. Scans the text at the first call. */
export class TextLines {
  readonly #text: string;
  #starts: readonly number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** Line and column of the character at `offset`, both counted from 1. */
  placeOf(offset: number): { readonly line: number; readonly column: number } {
    this.#starts ??= startsOf(this.#text);
    let line = 1;
    let beyond = this.#starts.length + 1;
    while (beyond - line > 1) {
      const middle = (line + beyond) >> 1;
      if ((this.#starts[middle - 1] ?? 0) <= offset) line = middle;
      else beyond = middle;
    }
    return { line, column: offset - (this.#starts[line - 1] ?? 0) + 1 };
  }
}

const startsOf = (text: string): readonly number[] => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
};
