import * as v from 'valibot';
import type { Path } from '../yaml/yaml-node.ts';
import type { YamlOutline } from '../yaml/yaml-outline.ts';
import { cacheYamlSchema, keySchema, partialEntrySchema, type TableEntry } from './cache-yaml-schema.ts';

/** A key of an entry's list, and its index there. */
export interface PlacedKey extends v.InferOutput<typeof keySchema> {
  readonly index: number;
}

/** One entry of the list of tables, and where it stands: those of its settings that are right by themselves. */
export class PlacedEntry {
  readonly path: Path;
  readonly entry: Omit<TableEntry, 'keys'>;
  readonly keys: readonly PlacedKey[];
  readonly #wrong: ReadonlySet<unknown>;
  readonly #hasUnknownNames: boolean;

  /** What is wrong with `given` by itself has been reported to `outline` before. */
  constructor(given: unknown, path: Path, outline: YamlOutline) {
    this.path = path;
    const settings: Readonly<Record<string, unknown>> = isMapping(given) ? given : {};
    const [, at] = path;
    const found = outline.findings.filter((finding) => finding.path[1] === at);
    this.#wrong = new Set(found.map((finding) => finding.path[2]));
    this.#hasUnknownNames =
      !isMapping(given) || [...this.#wrong].some((name) => name !== undefined && !isSetting(name));
    const { keys: _, ...entry } =
      found.length === 0 ? v.parse(partialEntrySchema, settings) : valid(settings);
    this.entry = entry;
    const wrongKeys = new Set(found.map((finding) => finding.path[3]));
    this.keys = (Array.isArray(settings.keys) ? settings.keys : []).flatMap((key, index) => {
      const parsed = v.safeParse(keySchema, key);
      return parsed.success && !wrongKeys.has(index) ? [{ index, ...parsed.output }] : [];
    });
  }

  /** Whether nothing is wrong with these settings, nor with the name of any other, which could be one of them. */
  isSure(...names: readonly string[]): boolean {
    return !this.#hasUnknownNames && !names.some((name) => this.#wrong.has(name));
  }

  /** Whether it says for certain which table it is of. */
  get isNamed(): boolean {
    return this.entry.table !== undefined && this.isSure('table', 'name');
  }

  /** What requests call the table; undefined if the entry does not say. */
  get name(): string | undefined {
    return this.#wrong.has('name') ? undefined : (this.entry.name ?? this.entry.table);
  }
}

const isMapping = (given: unknown): given is Readonly<Record<string, unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given);

const isSetting = (name: unknown): boolean =>
  typeof name === 'string' && Object.hasOwn(partialEntrySchema.entries, name);

/** Each setting is judged by itself. */
const valid = (settings: Readonly<Record<string, unknown>>): TableEntry => {
  const right = Object.entries(partialEntrySchema.entries).filter(
    ([name, schema]) => name in settings && v.is(schema, settings[name]),
  );
  return v.parse(partialEntrySchema, Object.fromEntries(right.map(([name]) => [name, settings[name]])));
};

const listSchema = v.object({ dynamodb: v.array(v.unknown()) });

/** Reports what is wrong with each entry by itself, and gives what is right in them. */
export const readEntries = (outline: YamlOutline): readonly PlacedEntry[] => {
  const result = v.safeParse(cacheYamlSchema, outline.value, { abortPipeEarly: true });
  const reported = new Set(outline.findings.map(({ path }) => JSON.stringify(path)));
  for (const issue of result.issues ?? []) {
    for (const { path, text } of complaints(issue, outline)) {
      if (!reported.has(JSON.stringify(path))) outline.report(path, text);
    }
  }
  const list = v.safeParse(listSchema, outline.value);
  const entries = list.success ? list.output.dynamodb : [];
  return entries.map((given, index) => new PlacedEntry(given, ['dynamodb', index], outline));
};

interface Complaint {
  readonly path: Path;
  readonly text: string;
}

const complaints = (
  issue: v.BaseIssue<unknown>,
  outline: YamlOutline,
  above: Path = [],
): readonly Complaint[] => {
  const path = [...above, ...pathOf(issue)];
  // Of the alternatives of a union the one is meant that got further.
  const nested = issue.type === 'union' ? (issue.issues ?? []).filter((each) => each.path !== undefined) : [];
  if (nested.length > 0) return nested.flatMap((each) => complaints(each, outline, path));
  const last = issue.path?.at(-1);
  if (last?.origin === 'key') {
    return [{ path: path.slice(0, -1), text: `has no ${String(last.key)}, which is required` }];
  }
  return [{ path, text: `is ${outline.givenAt(path)}; allowed: ${issue.message}` }];
};

const pathOf = (issue: v.BaseIssue<unknown>): Path =>
  (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
