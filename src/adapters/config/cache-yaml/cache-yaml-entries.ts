import * as v from 'valibot';
import { isObject } from '../../../domain/json/json-object.ts';
import type { Path } from '../yaml/yaml-node.ts';
import type { YamlOutline } from '../yaml/yaml-outline.ts';
import { keySchema, partialEntrySchema, type TableEntry } from './cache-yaml-schema.ts';

/** A key in the `keys` list of an entry, with its index. */
export interface LocatedKey extends v.InferOutput<typeof keySchema> {
  readonly index: number;
}

/** One entry of the list of tables: its path, and those of its settings that are valid by themselves. */
export class LocatedEntry {
  readonly path: Path;
  readonly entry: Omit<TableEntry, 'keys'>;
  readonly keys: readonly LocatedKey[];
  readonly #invalidNames: ReadonlySet<unknown>;
  readonly #hasUnknownNames: boolean;

  /** The caller has already reported the problems of `given` to `outline`. */
  constructor(given: unknown, path: Path, outline: YamlOutline) {
    this.path = path;
    const settings: Readonly<Record<string, unknown>> = isObject(given) ? given : {};
    const [, at] = path;
    const found = outline.findings.filter(
      ({ path: [section, place] }) => section === 'dynamodb' && place === at,
    );
    this.#invalidNames = new Set(found.map((finding) => finding.path[2]));
    this.#hasUnknownNames =
      !isObject(given) || [...this.#invalidNames].some((name) => name !== undefined && !isSetting(name));
    const { keys: _, ...entry } =
      found.length === 0 ? v.parse(partialEntrySchema, settings) : validSettings(settings);
    this.entry = entry;
    const wrongKeys = new Set(found.map((finding) => finding.path[3]));
    this.keys = (Array.isArray(settings.keys) ? settings.keys : []).flatMap((key, index) => {
      const parsed = v.safeParse(keySchema, key);
      return parsed.success && !wrongKeys.has(index) ? [{ index, ...parsed.output }] : [];
    });
  }

  /** Whether these settings are valid or absent. False if the entry has an unknown name, which may be a misspelling. */
  hasNoProblemIn(...names: readonly string[]): boolean {
    return !this.#hasUnknownNames && !names.some((name) => this.#invalidNames.has(name));
  }

  /** Whether it is certain to which table the entry belongs. */
  get identifiesTable(): boolean {
    return this.entry.table !== undefined && this.hasNoProblemIn('table', 'name');
  }

  /** The name of the table in requests; undefined if the entry has no valid one. */
  get name(): string | undefined {
    return this.#invalidNames.has('name') ? undefined : (this.entry.name ?? this.entry.table);
  }
}

const isSetting = (name: unknown): boolean =>
  typeof name === 'string' && Object.hasOwn(partialEntrySchema.entries, name);

/** The settings that are valid by themselves. */
const validSettings = (settings: Readonly<Record<string, unknown>>): TableEntry => {
  const valid = Object.entries(partialEntrySchema.entries).filter(
    ([name, schema]) => name in settings && v.is(schema, settings[name]),
  );
  return v.parse(partialEntrySchema, Object.fromEntries(valid.map(([name]) => [name, settings[name]])));
};

const listSchema = v.object({ dynamodb: v.array(v.unknown()) });

/** Reports the problems of each entry by itself, and those of all other sections. Returns the valid parts of the entries. */
export const readEntries = (outline: YamlOutline, schema: v.GenericSchema): readonly LocatedEntry[] => {
  const result = v.safeParse(schema, outline.value, { abortPipeEarly: true });
  const reported = new Set(outline.findings.map(({ path }) => JSON.stringify(path)));
  for (const issue of result.issues ?? []) {
    for (const { path, text } of reportsOf(issue, outline)) {
      if (!reported.has(JSON.stringify(path))) outline.report(path, text);
    }
  }
  const list = v.safeParse(listSchema, outline.value);
  const entries = list.success ? list.output.dynamodb : [];
  return entries.map((given, index) => new LocatedEntry(given, ['dynamodb', index], outline));
};

interface IssueReport {
  readonly path: Path;
  readonly text: string;
}

const reportsOf = (
  issue: v.BaseIssue<unknown>,
  outline: YamlOutline,
  above: Path = [],
): readonly IssueReport[] => {
  const path = [...above, ...pathOf(issue)];
  // If an alternative of a union failed at a nested value, its issues are the relevant ones.
  const nested = issue.type === 'union' ? (issue.issues ?? []).filter((each) => each.path !== undefined) : [];
  if (nested.length > 0) return nested.flatMap((each) => reportsOf(each, outline, path));
  const last = issue.path?.at(-1);
  if (issue.expected === 'never') return [{ path, text: 'is not allowed here' }];
  if (last?.origin === 'key') {
    return [{ path: path.slice(0, -1), text: `has no ${String(last.key)}, which is required` }];
  }
  return [{ path, text: `is ${outline.givenAt(path)}; allowed: ${issue.message}` }];
};

const pathOf = (issue: v.BaseIssue<unknown>): Path =>
  (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
