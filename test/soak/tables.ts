import type { Lifetimes } from '../../src/domain/cache/ttl-policy.ts';
import type { KeyType, TableSpec } from '../../src/domain/dynamodb/model/table-spec.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';

/** A table of the soak. Its key attributes are called `pk` and `sk`. */
export interface SoakTable {
  readonly name: string;
  readonly hashType: KeyType;
  readonly sortType?: KeyType;
  readonly lifetimes: Lifetimes;
  readonly preload: boolean;
}

/** Every kind of key, and every window both open and shut. */
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

/** The table as settings name it. */
export const specOf = (table: SoakTable): TableSpec =>
  tableSpec({
    name: table.name,
    hashKey: { name: 'pk', type: table.hashType },
    ...(table.sortType === undefined ? {} : { sortKey: { name: 'sk', type: table.sortType } }),
    lifetimes: table.lifetimes,
    preload: { keys: [], everything: table.preload },
  });

/** The tables as `cache.yaml` names them. */
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
