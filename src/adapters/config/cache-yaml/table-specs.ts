import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import { KeyCodec } from '../../../domain/dynamodb/model/key-codec.ts';
import type { KeySchema, TableSpec } from '../../../domain/dynamodb/model/table-spec.ts';
import type { YamlOutline } from '../yaml/yaml-outline.ts';
import type { PlacedEntry } from './cache-yaml-entries.ts';
import { listedKeys, listsKeys } from './listed-keys.ts';

/** What holds for a table whose entry does not say otherwise. */
export interface TableDefaults {
  readonly lifetimes: Lifetimes;
  /** The function's region, as far as it is known. */
  readonly region: string | undefined;
}

/** Groups keys that are read only to find what is wrong with them. */
const UNNAMED = 'unnamed';

/** Joins the entries of each table, and reports to `outline` where they contradict each other or themselves. */
export const tableSpecs = (
  entries: readonly PlacedEntry[],
  outline: YamlOutline,
  defaults: TableDefaults,
): readonly TableSpec[] => {
  const tables = new Map<string | number, [PlacedEntry, ...PlacedEntry[]]>();
  for (const [index, placed] of entries.entries()) {
    // Without a name an entry is a table of its own.
    const name = placed.name ?? index;
    const table = tables.get(name);
    if (table === undefined) tables.set(name, [placed]);
    else table.push(placed);
  }
  reportRepetition([...tables.values()], outline, defaults.region);
  const unnamed = entries.find(({ isNamed }) => !isNamed);
  return [...tables.values()].flatMap((table) => tableSpec(table, outline, defaults, unnamed) ?? []);
};

/** @param unnamed the first entry of which the table is not sure: it may be the one that describes a later table */
const tableSpec = (
  table: TableEntries,
  outline: YamlOutline,
  { lifetimes }: TableDefaults,
  unnamed: PlacedEntry | undefined,
): TableSpec | undefined => {
  const [first] = table;
  const { entry, name } = first;
  const mayBeDescribed = unnamed !== undefined && Number(unnamed.path[1]) < Number(first.path[1]);
  const schema = keySchema(first, mayBeDescribed, outline);
  const keys = listedKeys(table, schema && new KeyCodec({ ...schema, name: name ?? UNNAMED }), outline);
  const haveKeys = table.some(listsKeys);
  const preload = entry.preload ?? (haveKeys ? 'keys' : 'all');
  if (preload === 'keys' && !haveKeys && table.every((each) => each.isSure('keys', 'hashKeyValue'))) {
    outline.report(
      [...first.path, 'preload'],
      'is "keys", but no keys are listed; allowed: all, none, or a list of keys',
    );
  }
  if (schema === undefined || name === undefined || entry.table === undefined) return undefined;
  return {
    name,
    table: entry.table,
    ...schema,
    ...(entry.region === undefined ? {} : { region: entry.region }),
    ...(entry.fields === undefined ? {} : { fields: entry.fields }),
    consistentRead: entry.consistentRead ?? false,
    ...(entry.mode === 'observe' ? { isObserved: true } : {}),
    ...(entry.queryTtl === undefined ? {} : { queryTtlMs: entry.queryTtl }),
    lifetimes: {
      ttlMs: entry.ttl ?? lifetimes.ttlMs,
      negativeTtlMs: entry.negativeTtl ?? lifetimes.negativeTtlMs,
      staleWhileRevalidateMs: entry.staleWhileRevalidate ?? lifetimes.staleWhileRevalidateMs,
      staleIfErrorMs: entry.staleIfError ?? lifetimes.staleIfErrorMs,
    },
    preload: { keys: preload === 'none' ? [] : keys, everything: preload === 'all' },
  };
};

/** Undefined if it is not sure. */
const keySchema = (
  placed: PlacedEntry,
  mayBeDescribed: boolean,
  outline: YamlOutline,
): KeySchema | undefined => {
  const { entry, path } = placed;
  const { hashKey, sortKey } = entry;
  if (entry.sortKeyType !== undefined && sortKey === undefined && placed.isSure('sortKey')) {
    outline.report([...path, 'sortKeyType'], 'stands without sortKey; allowed: both or neither');
  }
  if (hashKey === undefined) {
    if (mayBeDescribed || !placed.isSure('hashKey')) return undefined;
    const given = [...path, 'hashKey'];
    const rule = 'required where a table appears for the first time';
    if (outline.has(given)) outline.report(given, `is ${outline.givenAt(given)}; it is ${rule}`);
    else outline.report(path, `has no hashKey, which is ${rule}`);
    return undefined;
  }
  if (hashKey === sortKey) {
    outline.report(
      [...path, 'sortKey'],
      `is ${outline.givenAt([...path, 'sortKey'])}, as is hashKey; allowed: another attribute`,
    );
  }
  if (!placed.isSure('hashKey', 'hashKeyType', 'sortKey', 'sortKeyType')) return undefined;
  return {
    hashKey: { name: hashKey, type: entry.hashKeyType ?? 'S' },
    ...(sortKey === undefined ? {} : { sortKey: { name: sortKey, type: entry.sortKeyType ?? 'S' } }),
  };
};

/** The entries of one table in the order of the file; the first describes it, all others add keys. */
export type TableEntries = readonly [PlacedEntry, ...PlacedEntry[]];

const KEY_NAMES: readonly string[] = ['name', 'hashKeyValue', 'sortKeyValue', 'keys'];
const DEFAULTS = { hashKeyType: 'S', sortKeyType: 'S', consistentRead: false, mode: 'serve' };

/** Reports to `outline` every entry that does more to a table described before than adding keys. */
export const reportRepetition = (
  tables: readonly TableEntries[],
  outline: YamlOutline,
  functionRegion: string | undefined,
): void => {
  const seen = new Map<string, PlacedEntry>();
  for (const [first, ...repeats] of tables) {
    for (const repeat of repeats) reportRepeat(first, repeat, outline, functionRegion);
    if (!first.isNamed || !first.isSure('region')) continue;
    const place = JSON.stringify([first.entry.table, first.entry.region ?? functionRegion]);
    const other = seen.get(place);
    if (other === undefined) seen.set(place, first);
    else reportSecondName(other, first, outline);
  }
};

const reportRepeat = (
  first: PlacedEntry,
  repeat: PlacedEntry,
  outline: YamlOutline,
  functionRegion: string | undefined,
): void => {
  const { entry, path } = repeat;
  const line = outline.lineOf(first.path);
  if (entry.table !== first.entry.table) {
    if (!first.isSure('table') || !repeat.isSure('table')) return;
    const name = entry.name === undefined ? 'table' : 'name';
    const problem = `which names table "${first.entry.table}" on line ${line} already; allowed: another name`;
    outline.report([...path, name], `is "${repeat.name}", ${problem}`);
    return;
  }
  const known = new Map<string, unknown>(
    Object.entries({ region: functionRegion, ...DEFAULTS, ...first.entry }),
  );
  let differs = false;
  for (const [name, value] of Object.entries(entry)) {
    if (KEY_NAMES.includes(name) || !first.isSure(name)) continue;
    if (JSON.stringify(value) === JSON.stringify(known.get(name))) continue;
    differs = true;
    const given = outline.givenAt([...path, name]);
    outline.report(
      [...path, name],
      `is ${given}, other than where "${repeat.name}" is described, on line ${line}; allowed: adding keys`,
    );
  }
  if (differs || listsKeys(repeat) || !repeat.isSure('keys', 'hashKeyValue')) return;
  outline.report(path, `repeats "${repeat.name}" of line ${line}; allowed: adding keys`);
};

const reportSecondName = (first: PlacedEntry, second: PlacedEntry, outline: YamlOutline): void => {
  const line = outline.lineOf(first.path);
  outline.report(
    second.path,
    `calls table "${second.entry.table}" "${second.name}", which line ${line} calls "${first.name}"; allowed: one name in each region`,
  );
};
