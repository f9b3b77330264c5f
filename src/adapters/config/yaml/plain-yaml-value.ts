import { plainScalar, type YamlNode, type YamlPair } from './yaml-node.ts';

/** The value that is all of `content`, which stands at `offset` on one line; undefined for what is not plainly one. */
export const readPlainValue = (content: string, offset: number): YamlNode | undefined => {
  const reader = new PlainValue(content, offset);
  const value = reader.value(BARE, 0);
  return reader.isAtEnd ? value : undefined;
};

/** Text without quotes; between brackets or braces it is a word. */
const BARE = /[A-Za-z0-9_./](?:[A-Za-z0-9_.,/@+=-]|:(?=[A-Za-z0-9_])| (?=[A-Za-z0-9_]))*/y;
const BARE_WORD = /[A-Za-z0-9_./][A-Za-z0-9_./@+=-]*/y;
const QUOTED = /"[^"\\]*"|'[^']*'/y;
const NAME = /[A-Za-z]{1,64}(?=: )/y;
const BLANKS = / */y;
const COMMENT = / +#.*/y;

/** More than there are within one line. */
const MAX_DEPTH = 4;

class PlainValue {
  readonly #content: string;
  readonly #offset: number;
  #at = 0;

  constructor(content: string, offset: number) {
    this.#content = content;
    this.#offset = offset;
  }

  /** Whether nothing but a comment is left. */
  get isAtEnd(): boolean {
    this.#take(COMMENT);
    return this.#at === this.#content.length;
  }

  /** What is next; undefined if that is not plainly a value. */
  value(bare: RegExp, depth: number): YamlNode | undefined {
    const offset = this.#offset + this.#at;
    if (depth > MAX_DEPTH) return undefined;
    if (this.#skip('{')) {
      const pairs = this.#upTo('}', () => this.#pair(depth));
      return pairs && { kind: 'mapping', offset, pairs };
    }
    if (this.#skip('[')) {
      const items = this.#upTo(']', () => this.value(BARE_WORD, depth + 1));
      return items && { kind: 'list', offset, items };
    }
    const quoted = this.#take(QUOTED);
    if (quoted !== undefined) return { kind: 'text', offset, text: quoted.slice(1, -1) };
    const text = this.#take(bare);
    return text === undefined ? undefined : plainScalar(text, offset);
  }

  #pair(depth: number): YamlPair | undefined {
    const offset = this.#offset + this.#at;
    const name = this.#take(NAME);
    if (name === undefined) return undefined;
    this.#skip(':');
    this.#take(BLANKS);
    const value = this.value(BARE_WORD, depth + 1);
    return value && { offset, name, value };
  }

  /** At least one of what is read by `one`, with commas between them. */
  #upTo<One>(end: string, one: () => One | undefined): readonly One[] | undefined {
    const all: One[] = [];
    do {
      this.#take(BLANKS);
      const next = one();
      if (next === undefined) return undefined;
      all.push(next);
      this.#take(BLANKS);
    } while (this.#skip(','));
    return this.#skip(end) ? all : undefined;
  }

  #skip(character: string): boolean {
    if (this.#content[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [text] = pattern.exec(this.#content) ?? [];
    if (text !== undefined) this.#at += text.length;
    return text;
  }
}
