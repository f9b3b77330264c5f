import type { Lifetimes } from '../../domain/cache/ttl-policy.ts';
import { KeyCodec } from '../../domain/dynamodb/key-codec.ts';
import type { KeySchema, TableSpec } from '../../domain/dynamodb/table-spec.ts';
import type { PlacedEntry } from './cache-yaml-entries.ts';
import { listedKeys, listsKeys } from './listed-keys.ts';
import { reportRepetition, type TableEntries } from './repeated-tables.ts';
import type { YamlOutline } from './yaml-outline.ts';

/** What holds for a table whose entry does not say otherwise. */
export interface TableDefaults {
  readonly lifetimes: Lifetimes;
  /** The function's region, as far as it is known. */
  readonly region: string | undefined;
}

/** Joins the entries of each table, and reports to `outline` where they contradict each other or themselves. */
export const tableSpecs = (
  entries: readonly PlacedEntry[],
  outline: YamlOutline,
  defaults: TableDefaults,
): readonly TableSpec[] => {
  const tables = new Map<string, [PlacedEntry, ...PlacedEntry[]]>();
  for (const placed of entries) {
    const name = placed.entry.name ?? placed.entry.table;
    const table = tables.get(name);
    if (table === undefined) tables.set(name, [placed]);
    else table.push(placed);
  }
  reportRepetition([...tables.values()], outline, defaults.region);
  return [...tables].flatMap(([name, table]) => tableSpec(name, table, outline, defaults) ?? []);
};

const tableSpec = (
  name: string,
  table: TableEntries,
  outline: YamlOutline,
  { lifetimes }: TableDefaults,
): TableSpec | undefined => {
  const [first] = table;
  const { entry } = first;
  const schema = keySchema(first, outline);
  if (schema === undefined) return undefined;
  const keys = listedKeys(table, new KeyCodec({ ...schema, name }), outline);
  const haveKeys = table.some((each) => listsKeys(each.entry));
  const preload = entry.preload ?? (haveKeys ? 'keys' : 'all');
  if (preload === 'keys' && !haveKeys) {
    outline.report(
      [...first.path, 'preload'],
      'is "keys", but no keys are listed; allowed: all, none, or a list of keys',
    );
  }
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

const keySchema = ({ entry, path }: PlacedEntry, outline: YamlOutline): KeySchema | undefined => {
  const { hashKey, sortKey } = entry;
  if (entry.sortKeyType !== undefined && sortKey === undefined) {
    outline.report([...path, 'sortKeyType'], 'stands without sortKey; allowed: both or neither');
  }
  if (hashKey === undefined) {
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
  return {
    hashKey: { name: hashKey, type: entry.hashKeyType ?? 'S' },
    ...(sortKey === undefined ? {} : { sortKey: { name: sortKey, type: entry.sortKeyType ?? 'S' } }),
  };
};
