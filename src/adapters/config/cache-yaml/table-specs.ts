import { type Coherence, needsJournal } from '../../../domain/cache/coherence.ts';
import type { Lifetimes } from '../../../domain/cache/ttl-policy.ts';
import { KeyCodec } from '../../../domain/dynamodb/model/key-codec.ts';
import {
  identityOf,
  parseTableArn,
  type TableIdentity,
} from '../../../domain/dynamodb/model/table-identity.ts';
import type { KeySchema, TableSpec } from '../../../domain/dynamodb/model/table-spec.ts';
import { accountOfRole } from '../../../domain/iam/assumed-role.ts';
import { JOURNAL_IS_MISSING } from '../environment/shared-state-settings.ts';
import { VARIABLES } from '../environment/variable-names.ts';
import { roleOf } from '../role-settings.ts';
import type { YamlOutline } from '../yaml/yaml-outline.ts';
import { type LocatedEntry, listedKeys } from './cache-yaml-entries.ts';
import { lifetimesOf } from './cache-yaml-values.ts';

/** The defaults for settings that the entry of a table omits. */
export interface TableDefaults {
  readonly lifetimes: Lifetimes;
  /** The function's region; undefined if unknown. */
  readonly region?: string | undefined;
  /** Absent: `ttl`. */
  readonly coherence?: Coherence;
  /** The journal table; absent if the environment names none. */
  readonly journal?: { readonly table: string } | 'any';
}

/** The group of keys that are parsed only to find their problems. */
const UNNAMED = 'unnamed';

/** Combines the entries of each table, and reports contradictions to `outline`. */
export const tableSpecs = (
  entries: readonly LocatedEntry[],
  outline: YamlOutline,
  defaults: TableDefaults,
): readonly TableSpec[] => {
  const tables = new Map<string | number, [LocatedEntry, ...LocatedEntry[]]>();
  for (const [index, placed] of entries.entries()) {
    // An entry without a name counts as a separate table.
    const name = placed.name ?? index;
    const table = tables.get(name);
    if (table === undefined) tables.set(name, [placed]);
    else table.push(placed);
  }
  reportRepetition([...tables.values()], outline, defaults.region);
  const unnamed = entries.find(({ identifiesTable }) => !identifiesTable);
  return [...tables.values()].flatMap((table) => tableSpec(table, outline, defaults, unnamed) ?? []);
};

/** @param unnamed the first entry whose table is uncertain: it may describe a table that a later entry repeats */
const tableSpec = (
  table: TableEntries,
  outline: YamlOutline,
  defaults: TableDefaults,
  unnamed: LocatedEntry | undefined,
): TableSpec | undefined => {
  const [first] = table;
  const { entry, name } = first;
  const mayBeDescribed = unnamed !== undefined && Number(unnamed.path.at(-1)) < Number(first.path.at(-1));
  const schema = keySchema(first, mayBeDescribed, outline);
  const keys = listedKeys(table, schema && new KeyCodec({ ...schema, name: name ?? UNNAMED }), outline);
  const haveKeys = table.some((each) => each.listsKeys);
  const preload = entry.preload ?? (haveKeys ? 'keys' : 'all');
  if (preload === 'keys' && !haveKeys && table.every((each) => each.hasNoProblemIn('keys', 'hashKeyValue'))) {
    outline.report(
      [...first.path, 'preload'],
      'is "keys", but no keys are listed; allowed: all, none, or a list of keys',
    );
  }
  reportJournal(first, outline, defaults);
  reportRegion(first, outline);
  if (schema === undefined || name === undefined || entry.table === undefined) return undefined;
  const coherence = entry.coherence ?? defaults.coherence;
  return {
    name,
    ...tableIn(entry),
    ...schema,
    ...(entry.fields === undefined ? {} : { fields: entry.fields }),
    consistentRead: entry.consistentRead ?? false,
    ...(entry.mode === 'observe' ? { isObserved: true } : {}),
    ...(entry.queryTtl === undefined ? {} : { queryTtlMs: entry.queryTtl }),
    lifetimes: lifetimesOf(entry, defaults.lifetimes),
    ...(coherence === undefined ? {} : { coherence }),
    preload: { keys: preload === 'none' ? [] : keys, everything: preload === 'all' },
  };
};

/** Reports a table that needs a journal and has none, or that is the journal. The journal is in the function's region. */
const reportJournal = (
  { entry, path, identifiesTable }: LocatedEntry,
  outline: YamlOutline,
  { journal, region }: TableDefaults,
): void => {
  if (journal === 'any') return;
  if (journal === undefined) {
    if (!needsJournal(entry.coherence)) return;
    const given = [...path, 'coherence'];
    outline.report(given, `is ${outline.givenAt(given)}, but ${JOURNAL_IS_MISSING}`);
  } else if (identifiesTable && isOwnTable(entry, journal.table, region)) {
    const given = [...path, 'table'];
    outline.report(
      given,
      `is ${outline.givenAt(given)}, the journal table of ${VARIABLES.journalTable}; allowed: another table`,
    );
  }
};

/** Whether the entry certainly reads this table of the function's own account and region. */
const isOwnTable = (entry: NamedTable, name: string, functionRegion: string | undefined): boolean => {
  const { table, account, region = functionRegion } = tableIn(entry);
  return account === undefined && table === name && region === functionRegion;
};

type NamedTable = LocatedEntry['entry'];

/** The table that an entry reads. With a role, a name is that of a table in the account of the role. */
const tableIn = ({ table = '', region, ...entry }: NamedTable): TableIdentity => {
  const arn = parseTableArn(table);
  const { role } = roleOf(entry);
  const account = arn?.account ?? (role && accountOfRole(role));
  const ownRegion = arn?.region ?? region;
  return {
    table: arn?.table ?? table,
    ...(arn === undefined ? {} : { arn: table }),
    ...(account === undefined ? {} : { account }),
    ...(ownRegion === undefined ? {} : { region: ownRegion }),
    ...(role === undefined ? {} : { role }),
  };
};

/** Reports a region that is not that of the ARN beside it. */
const reportRegion = ({ entry, path, identifiesTable }: LocatedEntry, outline: YamlOutline): void => {
  const arn = identifiesTable ? parseTableArn(entry.table ?? '') : undefined;
  if (arn === undefined || entry.region === undefined || entry.region === arn.region) return;
  const given = [...path, 'region'];
  outline.report(
    given,
    `is ${outline.givenAt(given)}, but the ARN of table names another one; allowed: no region`,
  );
};

/** Returns undefined if the schema is uncertain. */
const keySchema = (
  placed: LocatedEntry,
  mayBeDescribed: boolean,
  outline: YamlOutline,
): KeySchema | undefined => {
  const { entry, path } = placed;
  const { hashKey, sortKey } = entry;
  if (entry.sortKeyType !== undefined && sortKey === undefined && placed.hasNoProblemIn('sortKey')) {
    outline.report([...path, 'sortKeyType'], 'is set without sortKey; allowed: both or neither');
  }
  if (hashKey === undefined) {
    if (mayBeDescribed || !placed.hasNoProblemIn('hashKey')) return undefined;
    const given = [...path, 'hashKey'];
    const rule = 'required where a table appears for the first time';
    if (outline.has(given)) outline.report(given, `is ${outline.givenAt(given)}; it is ${rule}`);
    else outline.report(path, `has no hashKey, which is ${rule}`);
    return undefined;
  }
  if (hashKey === sortKey) {
    outline.report(
      [...path, 'sortKey'],
      `is ${outline.givenAt([...path, 'sortKey'])}, the same attribute as hashKey; allowed: another attribute`,
    );
  }
  if (!placed.hasNoProblemIn('hashKey', 'hashKeyType', 'sortKey', 'sortKeyType')) return undefined;
  return {
    hashKey: { name: hashKey, type: entry.hashKeyType ?? 'S' },
    ...(sortKey === undefined ? {} : { sortKey: { name: sortKey, type: entry.sortKeyType ?? 'S' } }),
  };
};

/** The entries of one table in the order of the file. The first describes the table; the others add keys. */
export type TableEntries = readonly [LocatedEntry, ...LocatedEntry[]];

const KEY_NAMES: readonly string[] = ['name', 'hashKeyValue', 'sortKeyValue', 'keys'];
const OTHER_PLACE: ReadonlySet<string> = new Set(['region', 'roleArn', 'externalId', 'sessionName']);
const DEFAULTS = { hashKeyType: 'S', sortKeyType: 'S', consistentRead: false, mode: 'serve' };

/** Reports every repeated entry that does anything but add keys, and every table with two names in one place. */
const reportRepetition = (
  tables: readonly TableEntries[],
  outline: YamlOutline,
  functionRegion: string | undefined,
): void => {
  const seen = new Map<string, LocatedEntry>();
  for (const [first, ...repeats] of tables) {
    for (const repeat of repeats) reportRepeat(first, repeat, outline, functionRegion);
    if (!first.identifiesTable || !first.hasNoProblemIn('region', 'roleArn')) continue;
    const place = identityOf(tableIn(first.entry), functionRegion);
    const other = seen.get(place);
    if (other === undefined) seen.set(place, first);
    else reportSecondName(other, first, outline);
  }
};

/** As written, and not as environment variables complete it: messages show no values of those. */
const givenTable = ({ path }: LocatedEntry, outline: YamlOutline): string =>
  outline.givenAt([...path, 'table']);

const givenName = ({ entry, path }: LocatedEntry, outline: YamlOutline): string =>
  outline.givenAt([...path, entry.name === undefined ? 'table' : 'name']);

const reportRepeat = (
  first: LocatedEntry,
  repeat: LocatedEntry,
  outline: YamlOutline,
  functionRegion: string | undefined,
): void => {
  const { entry, ownNames, path } = repeat;
  const line = outline.lineOf(first.path);
  if (entry.table !== first.entry.table) {
    if (!first.hasNoProblemIn('table') || !repeat.hasNoProblemIn('table')) return;
    const name = entry.name === undefined ? 'table' : 'name';
    const problem = `which is the name of table ${givenTable(first, outline)} on line ${line}; allowed: another name`;
    outline.report([...path, name], `is ${givenName(repeat, outline)}, ${problem}`);
    return;
  }
  const known = new Map<string, unknown>(
    Object.entries({ region: functionRegion, ...DEFAULTS, ...first.entry }),
  );
  let differs = false;
  for (const [name, value] of Object.entries(entry)) {
    if (!ownNames.has(name) || KEY_NAMES.includes(name) || !first.hasNoProblemIn(name)) continue;
    if (JSON.stringify(value) === JSON.stringify(known.get(name))) continue;
    differs = true;
    const given = outline.givenAt([...path, name]);
    outline.report(
      [...path, name],
      `is ${given}, which conflicts with the entry for ${givenName(repeat, outline)} on line ${line}; a repeated table may only add keys${OTHER_PLACE.has(name) ? ', and another table needs another name' : ''}`,
    );
  }
  if (differs || repeat.listsKeys || !repeat.hasNoProblemIn('keys', 'hashKeyValue')) return;
  outline.report(
    path,
    `repeats ${givenName(repeat, outline)} from line ${line} without keys; a repeated table may only add keys`,
  );
};

const reportSecondName = (first: LocatedEntry, second: LocatedEntry, outline: YamlOutline): void => {
  const line = outline.lineOf(first.path);
  outline.report(
    second.path,
    `has the name ${givenName(second, outline)} for table ${givenTable(second, outline)}, which has the name ${givenName(first, outline)} on line ${line}; allowed: one name for each region, account and role`,
  );
};
