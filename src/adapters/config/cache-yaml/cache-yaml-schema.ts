import * as v from 'valibot';
import type { Shape } from '../yaml/yaml-outline.ts';
import {
  attributeName,
  choice,
  duration,
  fieldNames,
  keyValue,
  regionName,
  tableName,
  yesOrNo,
} from './cache-yaml-values.ts';

const keyEntries = {
  hash: keyValue('Value of the hash key.'),
  sort: v.exactOptional(keyValue('Value of the sort key, where the table has one.')),
};

/** One of the items to preload. */
export const keySchema = v.strictObject(
  keyEntries,
  'a mapping with hash, and sort where the table has a sort key',
);

const tableEntries = {
  table: tableName(3, 'Name of the table in DynamoDB.', 'Products'),
  name: v.exactOptional(
    tableName(
      1,
      'What requests call the table, if not by its own name: the same table in two regions has two names.',
      'Products-us',
    ),
  ),
  hashKey: v.exactOptional(
    attributeName(
      'Attribute that is the hash key. Required where a table appears for the first time.',
      'pKey',
    ),
  ),
  hashKeyType: v.exactOptional(
    choice(['S', 'N', 'B'], 'Type of the hash key: string, number or binary.', 'S'),
  ),
  sortKey: v.exactOptional(attributeName('Attribute that is the sort key, if the table has one.', 'sKey')),
  sortKeyType: v.exactOptional(
    choice(['S', 'N', 'B'], 'Type of the sort key: string, number or binary.', 'S'),
  ),
  fields: v.exactOptional(
    fieldNames('Attributes to keep, as a list or with commas between them; all by default.'),
  ),
  hashKeyValue: v.exactOptional(
    keyValue('Hash value of one item to preload. A table may appear once for each of them.'),
  ),
  sortKeyValue: v.exactOptional(keyValue('Sort value of the item that hashKeyValue names.')),
  preload: v.exactOptional(
    choice(
      ['all', 'keys', 'none'],
      'What is loaded before the first invocation, if CACHE_EXTENSION_INIT_STARTUP is true: everything, the listed keys only, or nothing. Keys that are listed imply "keys".',
      'all',
    ),
  ),
  keys: v.exactOptional(
    v.pipe(
      v.array(keySchema, 'a list of keys'),
      v.nonEmpty('a list of at least one key'),
      v.description('Items to preload.'),
    ),
  ),
  ttl: v.exactOptional(duration('How long an item is fresh.', 'CACHE_EXTENSION_TTL', '5m')),
  negativeTtl: v.exactOptional(
    duration('How long the absence of an item is remembered.', 'CACHE_EXTENSION_NEGATIVE_TTL', '10s'),
  ),
  staleWhileRevalidate: v.exactOptional(
    duration(
      'How long after expiry an item is answered while it is read again behind.',
      'CACHE_EXTENSION_STALE_WHILE_REVALIDATE',
      '30s',
    ),
  ),
  staleIfError: v.exactOptional(
    duration(
      'How long an expired item may be served while DynamoDB is temporarily failing.',
      'CACHE_EXTENSION_STALE_IF_ERROR',
      '1h',
    ),
  ),
  consistentRead: v.exactOptional(yesOrNo('Whether every read of the table is strongly consistent.', false)),
  mode: v.exactOptional(
    choice(
      ['serve', 'observe'],
      'Whether the endpoint for SDKs answers reads of the table from memory, or passes them on and counts what memory would have answered.',
      'serve',
    ),
  ),
  queryTtl: v.exactOptional(
    duration('How long the endpoint for SDKs remembers the answer to a query of the table.', undefined, '5s'),
  ),
  region: v.exactOptional(regionName("Region of the table, if not the function's.", 'eu-west-1')),
};

/** One entry of the list of tables. */
export const tableEntrySchema = v.strictObject(tableEntries, 'a mapping that describes a table');

/** What is left of an entry without those settings that are wrong. */
export const partialEntrySchema = v.strictObject({
  ...tableEntries,
  table: v.exactOptional(tableEntries.table),
});

/** What one entry says of a table, or adds to it, as far as it is right. Times in milliseconds. */
export type TableEntry = v.InferOutput<typeof partialEntrySchema>;

const rootEntries = {
  dynamodb: v.pipe(
    v.array(tableEntrySchema, 'a list of tables'),
    v.nonEmpty('a list of at least one table'),
    v.description('The tables that are kept in memory. A table appears again only to add keys.'),
  ),
};

/** The whole of `cache.yaml`, with the names in their canonical spelling. */
export const cacheYamlSchema = v.pipe(
  v.strictObject(rootEntries, 'a mapping with dynamodb, the list of tables'),
  v.title('cache.yaml'),
  v.description('Which DynamoDB tables the cache extension keeps in memory, and how.'),
);

const mapping = (
  entries: Readonly<Record<string, { type: string }>>,
  below: Readonly<Record<string, Shape>> = {},
) =>
  new Map(
    Object.entries(entries).map(([name, { type }]) => [
      name,
      { isOptional: type === 'exact_optional', below: below[name] },
    ]),
  );

/** Where mappings are expected, and with which names. */
export const cacheYamlShape: Shape = mapping(rootEntries, {
  dynamodb: mapping(tableEntries, { keys: mapping(keyEntries) }),
});
