import * as v from 'valibot';
import type { EntryKey } from '../../../domain/cache/cache-entry.ts';
import { MalformedNameError } from '../../../domain/dynamodb/model/errors.ts';
import type { KeyCodec } from '../../../domain/dynamodb/model/key-codec.ts';
import { parseTableArn } from '../../../domain/dynamodb/model/table-identity.ts';
import { isObject, type JsonObject } from '../../../domain/json/json-object.ts';
import { A_MAPPING, type Path } from '../yaml/yaml-node.ts';
import type { YamlOutline } from '../yaml/yaml-outline.ts';
import { keySchema, partialEntrySchema, placeDefaults, type TableEntry } from './cache-yaml-schema.ts';

/** A key in the `keys` list of an entry, with its index. */
export interface LocatedKey extends v.InferOutput<typeof keySchema> {
  readonly index: number;
}

/** The settings of a section that are defaults of its entries. */
interface SectionDefaults {
  readonly defaults: JsonObject;
  /** The names of those that have problems. */
  readonly invalidDefaults: readonly string[];
}

/** One entry of the list of tables: its path, and those of its settings that are valid by themselves. */
export class LocatedEntry {
  readonly path: Path;
  /** With the defaults of the section. */
  readonly entry: Omit<TableEntry, 'keys'>;
  /** The names of the settings that the entry has itself. */
  readonly ownNames: ReadonlySet<string>;
  readonly keys: readonly LocatedKey[];
  readonly #invalidNames: ReadonlySet<unknown>;
  readonly #hasUnknownNames: boolean;

  /**
   * @param found where the problems of `given` are, which have been reported: paths below `path`
   * @param section defaults of the section, and the names of those that have problems
   */
  constructor(
    given: unknown,
    path: Path,
    found: readonly Path[],
    { defaults, invalidDefaults }: SectionDefaults,
  ) {
    this.path = path;
    const own: JsonObject = isObject(given) ? given : {};
    const settings: JsonObject = { ...(hasArn(own) ? withoutRegion(defaults) : defaults), ...own };
    this.ownNames = new Set(Object.keys(own));
    this.#invalidNames = new Set([...found.map(([name]) => name), ...invalidDefaults]);
    this.#hasUnknownNames =
      !isObject(given) || [...this.#invalidNames].some((name) => name !== undefined && !isSetting(name));
    const { keys: _, ...entry } =
      this.#invalidNames.size === 0 ? v.parse(partialEntrySchema, settings) : validSettings(settings);
    this.entry = entry;
    const wrongKeys = new Set(found.map(([, index]) => index));
    this.keys = (Array.isArray(settings.keys) ? settings.keys : []).flatMap((key, index) => {
      const parsed = v.safeParse(keySchema, key);
      return parsed.success && !wrongKeys.has(index) ? [{ index, ...parsed.output }] : [];
    });
  }

  /** Whether these settings are valid or absent. False if the entry has an unknown name, which may be a misspelling. */
  hasNoProblemIn(...names: readonly string[]): boolean {
    return !this.#hasUnknownNames && !names.some((name) => this.#invalidNames.has(name));
  }

  /** Whether the entry lists items to preload. */
  get listsKeys(): boolean {
    return this.entry.hashKeyValue !== undefined || this.keys.length > 0;
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

const hasArn = ({ table }: JsonObject): boolean =>
  typeof table === 'string' && parseTableArn(table) !== undefined;

/** An ARN names its region. */
const withoutRegion = ({ region: _, ...others }: JsonObject): JsonObject => others;

const isSetting = (name: unknown): boolean =>
  typeof name === 'string' && Object.hasOwn(partialEntrySchema.entries, name);

/** The settings that are valid by themselves. */
const validSettings = (settings: Readonly<Record<string, unknown>>): TableEntry => {
  const valid = Object.entries(partialEntrySchema.entries).filter(
    ([name, schema]) => name in settings && v.is(schema, settings[name]),
  );
  return v.parse(partialEntrySchema, Object.fromEntries(valid.map(([name]) => [name, settings[name]])));
};

/** Reports the problems of each entry by itself, and those of all other sections. Returns the valid parts of the entries. */
export const readEntries = (outline: YamlOutline, schema: v.GenericSchema): readonly LocatedEntry[] => {
  const result = v.safeParse(schema, outline.value, { abortPipeEarly: true });
  const reported = new Set(outline.findings.map(({ path }) => JSON.stringify(path)));
  for (const issue of result.issues ?? []) {
    for (const { path, text } of reportsOf(issue, outline)) {
      if (!reported.has(JSON.stringify(path))) outline.report(path, text);
    }
  }
  const { dynamodb } = isObject(outline.value) ? outline.value : {};
  const isList = Array.isArray(dynamodb);
  const { items, ...settings } = isObject(dynamodb) ? dynamodb : { items: dynamodb };
  const defaults = Object.fromEntries(
    Object.entries(settings).filter(([name]) => name in placeDefaults.entries),
  );
  const above = isList ? ['dynamodb'] : ['dynamodb', 'items'];
  const { entries, invalidDefaults } = findingsByPlace(outline, above);
  return (Array.isArray(items) ? items : []).map(
    (given, index) =>
      new LocatedEntry(given, [...above, index], entries.get(index) ?? [], { defaults, invalidDefaults }),
  );
};

/**
 * The paths of the findings in `dynamodb`, sorted once: to search all of them for each entry takes minutes in a long file.
 *
 * @param above the path of the list of entries
 */
const findingsByPlace = ({ findings }: YamlOutline, above: Path) => {
  /** By the index of the entry, the paths below that entry. */
  const entries = new Map<number, Path[]>();
  const invalidDefaults = new Set<string>();
  for (const { path } of findings) {
    const [section, name] = path;
    const index = path[above.length];
    if (section !== 'dynamodb') continue;
    if (typeof name === 'string' && name !== 'items') invalidDefaults.add(name);
    else if (typeof index === 'number') {
      const found = entries.get(index);
      const below = path.slice(above.length + 1);
      if (found === undefined) entries.set(index, [below]);
      else found.push(below);
    }
  }
  return { entries, invalidDefaults: [...invalidDefaults] };
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
  const given = outline.givenAt(path);
  // A file whose sections count for nothing is a mapping, as is allowed.
  const what = path.length === 0 && given === A_MAPPING ? NO_SECTION : `is ${given}`;
  return [{ path, text: `${what}; allowed: ${issue.message}` }];
};

const NO_SECTION = 'has no section with contents (those that are null or begin with x- do not count)';

const pathOf = (issue: v.BaseIssue<unknown>): Path =>
  (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));

/**
 * Returns the distinct keys that the entries of one table list. Reports keys that do not match the schema. Without a codec
 * the schema is unknown, and the result is empty.
 */
export const listedKeys = (
  table: readonly LocatedEntry[],
  codec: KeyCodec | undefined,
  outline: YamlOutline,
): readonly EntryKey[] => {
  const keys = new Map<string, EntryKey>();
  const add = (path: Path, hash: string, sort: string | undefined): void => {
    if (codec === undefined) return;
    try {
      const key = codec.fromText(hash, sort);
      keys.set(key.text, key);
    } catch (error) {
      if (!(error instanceof MalformedNameError)) throw error;
      outline.report(path, `is not a valid key: ${error.message}`);
    }
  };
  for (const placed of table) {
    const { path, entry } = placed;
    if (placed.hasNoProblemIn('hashKeyValue', 'sortKeyValue')) {
      if (entry.hashKeyValue !== undefined) {
        add([...path, 'hashKeyValue'], entry.hashKeyValue, entry.sortKeyValue);
      } else if (entry.sortKeyValue !== undefined) {
        outline.report([...path, 'sortKeyValue'], 'is set without hashKeyValue; allowed: both or neither');
      }
    }
    for (const { index, hash, sort } of placed.keys) add([...path, 'keys', index], hash, sort);
  }
  return [...keys.values()];
};
