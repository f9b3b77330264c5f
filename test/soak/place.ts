import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { KeyType } from '../../src/domain/dynamodb/model/table-spec.ts';
import type { SoakTable } from './tables.ts';

/** Where a row lies, or might. */
export interface Place {
  readonly table: SoakTable;
  /** Key values as DynamoDB writes them. */
  readonly hash: string;
  readonly sort?: string;
  /** What no other place has. */
  readonly name: string;
}

/** The places of a table, as many as `count`. */
export const placesOf = (table: SoakTable, count: number): readonly Place[] =>
  Array.from({ length: count }, (_, index) => {
    const hash = keyValue(table.hashType, index);
    if (table.sortType === undefined) return { table, hash, name: nameOf(table, hash, undefined) };
    const sort = keyValue(table.sortType, index % 7);
    return { table, hash, sort, name: nameOf(table, hash, sort) };
  });

/** The name of the place that key attributes mean, found without the code under test. */
export const nameOfKey = (table: SoakTable, key: AttributeMap): string =>
  nameOf(
    table,
    textOf(table.hashType, key.pk),
    table.sortType === undefined ? undefined : textOf(table.sortType, key.sk),
  );

/** The key attributes of a place, as JSON of DynamoDB. */
export const keyOf = ({
  table,
  hash,
  sort,
}: Place): Readonly<Record<string, Readonly<Record<string, string>>>> =>
  table.sortType === undefined || sort === undefined
    ? { pk: { [table.hashType]: hash } }
    : { pk: { [table.hashType]: hash }, sk: { [table.sortType]: sort } };

const nameOf = (table: SoakTable, hash: string, sort: string | undefined): string =>
  JSON.stringify([
    table.name,
    sameText(table.hashType, hash),
    table.sortType === undefined || sort === undefined ? null : sameText(table.sortType, sort),
  ]);

/** One text for all that are equal; the numbers and bytes of the soak are small enough for JavaScript's own. */
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
