import { nearestName } from '../environment/unknown-variables.ts';
import {
  describeNode,
  type Finding,
  labelOf,
  type Path,
  type TextLines,
  type YamlList,
  type YamlMapping,
  type YamlNode,
} from './yaml-node.ts';

/** The allowed names of a mapping; undefined if no mapping is expected. */
export type Shape = ReadonlyMap<string, Setting> | undefined;

export interface Setting {
  readonly isOptional: boolean;
  readonly below: Shape;
  /** If a section may be a list of mappings or one mapping, the only one of both that allows the name; absent: both. */
  readonly onlyIn?: 'list' | 'mapping';
}

/** A problem with the value at `path`. */
export interface LocatedFinding extends Finding {
  readonly path: Path;
}

/** The prefix of sections that contain only anchors for other sections. */
const EXTRA_SECTION = 'x-';

interface Place {
  readonly offset: number;
  readonly given: string;
}

/**
 * A YAML document as plain lists, objects and text, with the position of each value.
 * Names are case-insensitive in the document and canonical in `value`.
 */
export class YamlOutline {
  /** The document. `null` stands for null, and for a list that is not the value of a name. */
  readonly value: unknown;
  readonly #lines: TextLines;
  readonly #places = new Map<string, Place>();
  readonly #findings: LocatedFinding[] = [];

  /** Adds findings for unknown and repeated names. */
  constructor(contents: YamlNode | null, lines: TextLines, shape: Shape) {
    this.#lines = lines;
    this.value = this.#plain(contents, 0, [], shape);
  }

  get findings(): readonly LocatedFinding[] {
    return this.#findings;
  }

  /** Adds a finding at the value at `path`, or at its nearest existing parent. `text` follows the label of the path. */
  report(path: Path, text: string): void {
    this.#addFinding(this.#placeOf(path).offset, path, text);
  }

  /** Describes the value at `path` for a message. */
  givenAt(path: Path): string {
    return this.#placeOf(path).given;
  }

  /** Whether `path` has a value, which may be null. */
  has(path: Path): boolean {
    return this.#places.has(JSON.stringify(path));
  }

  /** The line on which the value at `path` begins. */
  lineOf(path: Path): number {
    return this.#lineAt(this.#placeOf(path).offset);
  }

  /** @param around the offset to report if the value is missing */
  #plain(node: YamlNode | null, around: number, path: Path, shape: Shape): unknown {
    const offset = node?.offset ?? around;
    this.#places.set(JSON.stringify(path), { offset, given: describeNode(node) });
    if (node?.kind === 'mapping') return this.#object(node, path, shape);
    if (node?.kind === 'list') return this.#list(node, path, shape);
    if (node?.kind === 'alias') this.#addFinding(offset, path, `is ${describeNode(node)}, ${node.problem}`);
    return node?.kind === 'text' ? node.text : null;
  }

  #list({ items, offset }: YamlList, path: Path, shape: Shape): unknown {
    // Neither the whole document nor an element of a list may be a list.
    if (typeof path.at(-1) !== 'string') return null;
    return items.map((item, index) => this.#plain(item, offset, [...path, index], shape));
  }

  #object({ pairs }: YamlMapping, path: Path, shape: Shape): Readonly<Record<string, unknown>> {
    const object: Record<string, unknown> = {};
    if (shape === undefined) return object;
    const names = new Map([...shape.keys()].map((name) => [name.toLowerCase(), name]));
    const seen = new Set<string>();
    for (const { offset, name: given, value, isShared, problem } of pairs) {
      const name = names.get(given.toLowerCase());
      const setting = shape.get(name ?? '');
      if (problem !== undefined) {
        this.#addFinding(offset, [...path, given], problem);
      } else if (name === undefined || setting === undefined) {
        if (path.length === 0 && (isShared || given.startsWith(EXTRA_SECTION))) continue;
        const what = path.length === 0 ? 'is not a supported section' : 'is unknown';
        this.#addFinding(offset, [...path, given], `${what}; ${advice(given, namesAt(path, shape))}`);
      } else if (seen.has(name)) {
        const line = this.#lineAt(this.#placeOf([...path, name]).offset);
        this.#addFinding(offset, [...path, given], `is given twice, first on line ${line}; allowed: once`);
      } else {
        seen.add(name);
        const plain = this.#plain(value, offset, [...path, name], setting.below);
        // An optional setting that is null counts as absent.
        if (plain !== null || !setting.isOptional) object[name] = plain;
      }
    }
    return object;
  }

  #placeOf(path: Path): Place {
    const place = this.#places.get(JSON.stringify(path));
    if (place !== undefined || path.length === 0) return place ?? { offset: 0, given: 'empty' };
    return this.#placeOf(path.slice(0, -1));
  }

  #addFinding(offset: number, path: Path, text: string): void {
    this.#findings.push({ offset, path, text: `${labelOf(path)} ${text}` });
  }

  #lineAt(offset: number): number {
    return this.#lines.placeOf(offset).line;
  }
}

/** The names that are allowed at the path. */
const namesAt = (path: Path, shape: NonNullable<Shape>): readonly string[] => {
  const place = typeof path.at(-1) === 'number' ? 'list' : 'mapping';
  return [...shape].flatMap(([name, { onlyIn = place }]) => (onlyIn === place ? [name] : []));
};

const advice = (given: string, names: readonly string[]): string => {
  const nearest = nearestName(given, names);
  return `${nearest === undefined ? '' : `did you mean ${nearest}? `}allowed: ${names.join(', ')}`;
};
