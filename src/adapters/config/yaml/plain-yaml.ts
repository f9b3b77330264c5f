import { readPlainValue } from './plain-yaml-value.ts';
import { TextLines } from './text-lines.ts';
import type { YamlDocument } from './yaml.ts';
import type { YamlNode, YamlPair } from './yaml-node.ts';

/**
 * Reads the plain YAML that most files are: lists and mappings in ASCII, each line an item, or a name with its value. Of all
 * else, mistakes included, it says nothing; what it says is what the library says (`yaml-document.ts`), which takes a sixth
 * of the start to load and use.
 */
export const readPlainYaml = (text: string): YamlDocument | undefined => {
  if (!/^[\n -~]*$/.test(text)) return undefined;
  const contents = new PlainYaml(linesOf(text)).read();
  return contents && { contents, findings: [], lines: new TextLines(text) };
};

interface Line {
  readonly indent: number;
  /** Index of the first character that is no blank. */
  readonly offset: number;
  /** What stands there and behind it on the line. */
  readonly content: string;
}

/** Lines that hold more than blanks and comments. */
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

/** More than is said of tables; with more the library would have to be asked whether it is too deep. */
const MAX_DEPTH = 8;

const ITEM = /^- +(?=[^ #])/;
const NAME = /^([A-Za-z]{1,64}):(?: +(?=[^ #])| +#.*|$)/;

/** Each of its methods reads from the next line on, and gives undefined where the library must be asked. */
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

  /** What begins at `indent`, which must be a list or a mapping. */
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
      const item = this.#item(behind(line, dash.length), depth);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return { kind: 'list', offset, items };
  }

  #item(line: Line, depth: number): YamlNode | undefined {
    // The rest of the line is where a mapping begins whose other names stand below it.
    this.#lines[this.#next] = line;
    return NAME.test(line.content) ? this.#node(line.indent, depth + 1) : this.#value(line);
  }

  #mapping({ indent, offset }: Line, depth: number): YamlNode | undefined {
    const pairs: YamlPair[] = [];
    for (let line = this.#line; line?.indent === indent; line = this.#line) {
      const [given, name] = NAME.exec(line.content) ?? [];
      if (given === undefined || name === undefined) break;
      const rest = behind(line, given.length);
      const value = rest.content === '' ? this.#below(indent, depth) : this.#value(rest);
      if (value === undefined) return undefined;
      pairs.push({ offset: line.offset, name, value });
    }
    return { kind: 'mapping', offset, pairs };
  }

  /** The value of a name that has none on its own line. */
  #below(indent: number, depth: number): YamlNode | undefined {
    this.#next += 1;
    const line = this.#line;
    if (line === undefined) return undefined;
    if (line.indent > indent) return this.#node(line.indent, depth + 1);
    // The items of a list may stand below the name itself.
    return ITEM.test(line.content) ? this.#node(indent, depth + 1) : undefined;
  }

  #value({ content, offset }: Line): YamlNode | undefined {
    this.#next += 1;
    return readPlainValue(content, offset);
  }
}

const behind = ({ indent, offset, content }: Line, length: number): Line => ({
  indent: indent + length,
  offset: offset + length,
  content: content.slice(length),
});
