import { plainScalar, TextLines, type YamlDocument, type YamlNode, type YamlPair } from './yaml-node.ts';

/**
 * Parses the subset of YAML that most files use: lists and mappings in ASCII, one item or pair per line. Returns undefined for
 * all other texts, including invalid ones. Its results equal those of the YAML library (`yaml-document.ts`), which takes a
 * sixth of the start to load and use.
 */
export const readPlainYaml = (text: string): YamlDocument | undefined => {
  if (!/^[\n -~]*$/.test(text)) return undefined;
  const contents = new PlainYaml(linesOf(text)).read();
  return contents && { contents, findings: [], lines: new TextLines(text) };
};

interface Line {
  readonly indent: number;
  /** Index of the first character that is not blank. */
  readonly offset: number;
  /** The text of the line from `offset` on. */
  readonly content: string;
}

/** The lines that contain more than blanks and comments. */
const linesOf = (text: string): Line[] => {
  const lines: Line[] = [];
  let start = 0;
  for (const whole of text.split('\n')) {
    const content = whole.trim();
    const indent = whole.length - whole.trimStart().length;
    if (content !== '' && content[0] !== '#') lines.push({ indent, offset: start + indent, content });
    start += whole.length + 1;
  }
  return lines;
};

/** Deeper than any valid file. The library decides whether a deeper text is valid. */
const MAX_DEPTH = 8;

const ITEM = /^- +(?=[^ #])/;
const NAME = /^([A-Za-z]{1,64}):(?: +(?=[^ #])| +#.*|$)/;

/** Each method reads from the next line on, and returns undefined if the library must parse the text. */
class PlainYaml {
  readonly #lines: Line[];
  #next = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  read(): YamlNode | undefined {
    const contents = this.#node(0, 0);
    return this.#next === this.#lines.length ? contents : undefined;
  }

  get #line(): Line | undefined {
    return this.#lines[this.#next];
  }

  /** Reads the list or mapping that begins at `indent`. */
  #node(indent: number, depth: number): YamlNode | undefined {
    const line = this.#line;
    if (line?.indent !== indent || depth > MAX_DEPTH) return undefined;
    if (ITEM.test(line.content)) return this.#list(line, depth);
    return NAME.test(line.content) ? this.#mapping(line, depth) : undefined;
  }

  #list({ indent, offset }: Line, depth: number): YamlNode | undefined {
    const items: YamlNode[] = [];
    for (let line = this.#line; line?.indent === indent; line = this.#line) {
      const [dash] = ITEM.exec(line.content) ?? [];
      if (dash === undefined) break;
      const item = this.#item(restOfLine(line, dash.length), depth);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return { kind: 'list', offset, items };
  }

  #item(line: Line, depth: number): YamlNode | undefined {
    // The rest of the line may begin a mapping that continues on the lines below.
    this.#lines[this.#next] = line;
    return NAME.test(line.content) ? this.#node(line.indent, depth + 1) : this.#value(line);
  }

  #mapping({ indent, offset }: Line, depth: number): YamlNode | undefined {
    const pairs: YamlPair[] = [];
    for (let line = this.#line; line?.indent === indent; line = this.#line) {
      const [given, name] = NAME.exec(line.content) ?? [];
      if (given === undefined || name === undefined) break;
      const rest = restOfLine(line, given.length);
      const value = rest.content === '' ? this.#below(indent, depth) : this.#value(rest);
      if (value === undefined) return undefined;
      pairs.push({ offset: line.offset, name, value });
    }
    return { kind: 'mapping', offset, pairs };
  }

  /** Reads the value below a name that has no value on the same line. */
  #below(indent: number, depth: number): YamlNode | undefined {
    this.#next += 1;
    const line = this.#line;
    if (line === undefined) return undefined;
    if (line.indent > indent) return this.#node(line.indent, depth + 1);
    // The items of a list may have the same indent as the name.
    return ITEM.test(line.content) ? this.#node(indent, depth + 1) : undefined;
  }

  #value({ content, offset }: Line): YamlNode | undefined {
    this.#next += 1;
    return readPlainValue(content, offset);
  }
}

const restOfLine = ({ indent, offset, content }: Line, length: number): Line => ({
  indent: indent + length,
  offset: offset + length,
  content: content.slice(length),
});

/** Reads the value that fills `content`, which begins at `offset`; returns undefined if it is outside the subset. */
const readPlainValue = (content: string, offset: number): YamlNode | undefined => {
  const reader = new PlainValue(content, offset);
  const value = reader.value(BARE, 0);
  return reader.isAtEnd ? value : undefined;
};

/** Text without quotes. Inside brackets or braces, only `BARE_WORD` is allowed. */
const BARE = /[A-Za-z0-9_./](?:[A-Za-z0-9_.,/@+=-]|:(?=[A-Za-z0-9_])| (?=[A-Za-z0-9_]))*/y;
const BARE_WORD = /[A-Za-z0-9_./][A-Za-z0-9_./@+=-]*/y;
const QUOTED = /"[^"\\]*"|'[^']*'/y;
const FLOW_NAME = /[A-Za-z]{1,64}(?=: )/y;
const BLANKS = / */y;
const COMMENT = / +#.*/y;

/** Deeper than any valid value on one line. */
const MAX_FLOW_DEPTH = 4;

class PlainValue {
  readonly #content: string;
  readonly #offset: number;
  #at = 0;

  constructor(content: string, offset: number) {
    this.#content = content;
    this.#offset = offset;
  }

  /** Whether only a comment is left. */
  get isAtEnd(): boolean {
    this.#take(COMMENT);
    return this.#at === this.#content.length;
  }

  /** Reads the next value; returns undefined if it is outside the subset. */
  value(bare: RegExp, depth: number): YamlNode | undefined {
    const offset = this.#offset + this.#at;
    if (depth > MAX_FLOW_DEPTH) return undefined;
    if (this.#skip('{')) {
      const pairs = this.#commaSeparated('}', () => this.#pair(depth));
      return pairs && { kind: 'mapping', offset, pairs };
    }
    if (this.#skip('[')) {
      const items = this.#commaSeparated(']', () => this.value(BARE_WORD, depth + 1));
      return items && { kind: 'list', offset, items };
    }
    const quoted = this.#take(QUOTED);
    if (quoted !== undefined) return { kind: 'text', offset, text: quoted.slice(1, -1) };
    const text = this.#take(bare);
    return text === undefined ? undefined : plainScalar(text, offset);
  }

  #pair(depth: number): YamlPair | undefined {
    const offset = this.#offset + this.#at;
    const name = this.#take(FLOW_NAME);
    if (name === undefined) return undefined;
    this.#skip(':');
    this.#take(BLANKS);
    const value = this.value(BARE_WORD, depth + 1);
    return value && { offset, name, value };
  }

  /** Reads one or more parts with commas between them, up to `end`. */
  #commaSeparated<One>(end: string, one: () => One | undefined): readonly One[] | undefined {
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
