import type { Lifetimes } from '../../src/domain/cache/ttl-policy.ts';
import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { KeyType, TableSpec } from '../../src/domain/dynamodb/model/table-spec.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';

/** A table of the soak. Its key attributes are `pk` and `sk`. */
export interface SoakTable {
  readonly name: string;
  readonly hashType: KeyType;
  readonly sortType?: KeyType;
  readonly lifetimes: Lifetimes;
  readonly preload: boolean;
}

/** Every kind of key, and every window with and without a length. */
const TABLES: readonly SoakTable[] = [
  { name: 'Words', hashType: 'S', lifetimes: lifetimes(30, 5, 5, 60), preload: true },
  { name: 'Pairs', hashType: 'S', sortType: 'N', lifetimes: lifetimes(10, 2, 0, 20), preload: false },
  { name: 'Never', hashType: 'N', lifetimes: lifetimes(0, 0, 5, 30), preload: false },
  { name: 'Bytes', hashType: 'B', sortType: 'S', lifetimes: lifetimes(4, 1, 10, 0), preload: false },
  { name: 'Numbers', hashType: 'N', lifetimes: lifetimes(20, 10, 3, 10), preload: false },
];

/** The tables, with lifetimes divided by `hurry`. */
export const soakTables = (hurry: number): readonly SoakTable[] =>
  TABLES.map(({ lifetimes: slow, ...table }) => ({
    ...table,
    lifetimes: {
      ttlMs: slow.ttlMs / hurry,
      negativeTtlMs: slow.negativeTtlMs / hurry,
      staleWhileRevalidateMs: slow.staleWhileRevalidateMs / hurry,
      staleIfErrorMs: slow.staleIfErrorMs / hurry,
    },
  }));

/** The table in the settings. */
export const specOf = (table: SoakTable): TableSpec =>
  tableSpec({
    name: table.name,
    hashKey: { name: 'pk', type: table.hashType },
    ...(table.sortType === undefined ? {} : { sortKey: { name: 'sk', type: table.sortType } }),
    lifetimes: table.lifetimes,
    preload: { keys: [], everything: table.preload },
  });

/** The tables in `cache.yaml`. */
export const cacheYamlOf = (tables: readonly SoakTable[]): string =>
  ['dynamodb:', ...tables.flatMap(linesOf)].join('\n');

const linesOf = ({ name, hashType, sortType, lifetimes: times, preload }: SoakTable): readonly string[] => [
  `  - table: ${name}`,
  '    hashKey: pk',
  `    hashKeyType: ${hashType}`,
  ...(sortType === undefined ? [] : ['    sortKey: sk', `    sortKeyType: ${sortType}`]),
  `    ttl: ${times.ttlMs}ms`,
  `    negativeTtl: ${times.negativeTtlMs}ms`,
  `    staleWhileRevalidate: ${times.staleWhileRevalidateMs}ms`,
  `    staleIfError: ${times.staleIfErrorMs}ms`,
  `    preload: ${preload ? 'all' : 'none'}`,
];

function lifetimes(ttl: number, negativeTtl: number, revalidate: number, ifError: number): Lifetimes {
  return {
    ttlMs: ttl * 1_000,
    negativeTtlMs: negativeTtl * 1_000,
    staleWhileRevalidateMs: revalidate * 1_000,
    staleIfErrorMs: ifError * 1_000,
  };
}

/** The key of a row, which may be absent. */
export interface RowKey {
  readonly table: SoakTable;
  /** In the notation of DynamoDB. */
  readonly hash: string;
  readonly sort?: string;
  /** A unique text. */
  readonly name: string;
}

/** The first `count` row keys of a table. */
export const rowKeysOf = (table: SoakTable, count: number): readonly RowKey[] =>
  Array.from({ length: count }, (_, index) => {
    const hash = keyValue(table.hashType, index);
    if (table.sortType === undefined) return { table, hash, name: nameOf(table, hash, undefined) };
    const sort = keyValue(table.sortType, index % 7);
    return { table, hash, sort, name: nameOf(table, hash, sort) };
  });

/** The name of the row with these key attributes, computed without the code under test. */
export const rowNameOf = (table: SoakTable, key: AttributeMap): string =>
  nameOf(
    table,
    textOf(table.hashType, key.pk),
    table.sortType === undefined ? undefined : textOf(table.sortType, key.sk),
  );

/** The key attributes of a row in DynamoDB JSON. */
export const keyOf = ({
  table,
  hash,
  sort,
}: RowKey): Readonly<Record<string, Readonly<Record<string, string>>>> =>
  table.sortType === undefined || sort === undefined
    ? { pk: { [table.hashType]: hash } }
    : { pk: { [table.hashType]: hash }, sk: { [table.sortType]: sort } };

const nameOf = (table: SoakTable, hash: string, sort: string | undefined): string =>
  JSON.stringify([
    table.name,
    sameText(table.hashType, hash),
    table.sortType === undefined || sort === undefined ? null : sameText(table.sortType, sort),
  ]);

/** One text for all equal values. The numbers of the soak are exact in JavaScript. */
const sameText = (type: KeyType, text: string): string => {
  if (type === 'N') return String(Number(text) + 0);
  return type === 'B' ? Buffer.from(text, 'base64').toString('hex') : text;
};

const keyValue = (type: KeyType, index: number): string => {
  if (type === 'N') return String((index - 8) / 4);
  if (type === 'B')
    return Buffer.from([index & 0xff, 0xfb, 0xff - (index & 0xff), index >> 8]).toString('base64');
  return [`k${index}`, `größe ${index}`, `a@b+${index}`, `50%/&=?#"${index}`][index % 4] ?? '';
};

const textOf = (type: KeyType, value: unknown): string => {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, type) : undefined;
  if (typeof text !== 'string') throw new TypeError(`a key attribute is not of type ${type}`);
  return text;
};
