import * as v from 'valibot';
import { roleSettings } from '../role-settings.ts';
import type { Setting, Shape } from '../yaml/yaml-outline.ts';
import {
  attributeName,
  choice,
  coherence,
  duration,
  fieldNames,
  keyValue,
  lifetimeSettings,
  regionName,
  requestName,
  tableNameOrArn,
  yesOrNo,
} from './cache-yaml-values.ts';
import { rejectingLists, type YamlSection } from './yaml-section.ts';

/** One item to preload. */
export const keySchema = v.strictObject(
  {
    hash: keyValue('Value of the hash key.'),
    sort: v.exactOptional(keyValue('Value of the sort key, if the table has one.')),
  },
  'a mapping with hash, and sort if the table has a sort key',
);

const table = tableNameOrArn(
  'Name or ARN of the table in DynamoDB. With roleArn, a name is that of a table in the account of the role.',
  ['Products', 'arn:aws:dynamodb:eu-west-1:111122223333:table/Products'],
);

const region = regionName(
  "Region of the table, if not the function's. The ARN of a table names its region.",
  'eu-west-1',
);

/** The settings that an entry may omit. */
const { entries: optionalSettings } = v.partial(
  v.object({
    name: requestName(
      'Name of the table in requests; by default the value of table. The same table in two regions or accounts, or with two roles, needs two names.',
      'Products-us',
    ),
    hashKey: attributeName('Name of the hash key attribute. Required in the first entry of a table.', 'pKey'),
    hashKeyType: choice(['S', 'N', 'B'], 'Type of the hash key: string, number or binary.', 'S'),
    sortKey: attributeName('Name of the sort key attribute, if the table has one.', 'sKey'),
    sortKeyType: choice(['S', 'N', 'B'], 'Type of the sort key: string, number or binary.', 'S'),
    fields: fieldNames('Attributes to cache, as a list or with commas between them; all by default.'),
    hashKeyValue: keyValue('Hash value of one item to preload. Repeat the table for each further item.'),
    sortKeyValue: keyValue('Sort value of the item with hashKeyValue.'),
    preload: choice(
      ['all', 'keys', 'none'],
      'What is preloaded before the first invocation, if CACHE_EXTENSION_INIT_STARTUP is true: the whole table, the listed keys only, or nothing. Listed keys imply "keys".',
      'all',
    ),
    keys: v.pipe(
      v.array(keySchema, 'a list of keys'),
      v.nonEmpty('a list of at least one key'),
      v.description('Items to preload.'),
    ),
    ...lifetimeSettings('item', 'DynamoDB', 'the value of CACHE_EXTENSION_TTL'),
    consistentRead: yesOrNo('Whether every read of the table is strongly consistent.', false),
    mode: choice(
      ['serve', 'observe'],
      'Whether the DynamoDB endpoint serves cached reads of the table, or forwards all reads and counts the hits that it would have served.',
      'serve',
    ),
    queryTtl: duration(
      'How long the DynamoDB endpoint caches the answer to a query of the table.',
      '0s',
      '5s',
    ),
    coherence: coherence(
      'When writes of other execution environments are seen: when the lifetime of the item ends (ttl), in every invocation that begins after the write (invocation), or after at most a Go duration from 100ms to 24h. All but ttl need CACHE_EXTENSION_JOURNAL_TABLE. Default: the value of CACHE_EXTENSION_COHERENCE.',
    ),
    region,
    ...roleSettings,
  }),
);

/** The settings that the section may have for all of its entries. */
export const placeDefaults = v.partial(v.object({ region, ...roleSettings }));

const TABLES_RULE = 'a list of at least one table';
const SECTION_RULE = `${TABLES_RULE}, or a mapping with items`;

/** One entry of the list of tables. */
const tableEntrySchema = v.strictObject({ table, ...optionalSettings }, 'a mapping that describes a table');

/** An entry without its invalid settings. */
export const partialEntrySchema = v.strictObject({ table: v.optional(table), ...optionalSettings });

/** The valid settings of one entry. Times in milliseconds. */
export type TableEntry = v.InferOutput<typeof partialEntrySchema>;

const tables = v.pipe(v.array(tableEntrySchema, 'a list of tables'), v.nonEmpty(TABLES_RULE));

const rootEntries = {
  dynamodb: v.pipe(
    v.union(
      [
        tables,
        rejectingLists(
          v.strictObject(
            { items: v.pipe(tables, v.description('The tables.')), ...placeDefaults.entries },
            SECTION_RULE,
          ),
        ),
      ],
      SECTION_RULE,
    ),
    v.description(
      'The tables to cache, as a list, or as items of a mapping that has defaults of region and role. A table may be repeated only to add keys.',
    ),
  ),
};

/** The whole `cache.yaml`, with names in their canonical spelling. With other sections, `dynamodb` is optional. */
export const cacheYamlSchema = (sections: readonly YamlSection[] = []) => {
  const others = Object.fromEntries(sections.map(({ name, schema }) => [name, v.exactOptional(schema)]));
  const names = ['dynamodb', ...Object.keys(others)].join(', ');
  const mapping =
    sections.length === 0
      ? v.strictObject(rootEntries, 'a mapping with dynamodb, the list of tables')
      : v.strictObject(
          { dynamodb: v.exactOptional(rootEntries.dynamodb), ...others },
          `a mapping with at least one of ${names}`,
        );
  return v.pipe(
    mapping,
    v.check((root) => Object.keys(root).length > 0, `a mapping with at least one of ${names}`),
    v.title('cache.yaml'),
    v.description('What the cache extension caches, and the settings of it.'),
  );
};

/** The parts of a schema that name settings. */
interface SchemaNode {
  readonly type: string;
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  readonly item?: SchemaNode;
  readonly wrapped?: SchemaNode;
  /** Of a union: schemas. */
  readonly options?: readonly unknown[];
}

/** The mappings within a schema, with the allowed names. */
export const shapeOf = ({ type, entries, item, wrapped, options }: SchemaNode): Shape => {
  const inner = item ?? wrapped;
  if (type === 'union') return shapeOfAny(options?.filter(isNode) ?? []);
  if (entries === undefined) return inner && shapeOf(inner);
  return new Map(
    Object.entries(entries).map(([name, setting]) => [
      name,
      { isOptional: /optional$/.test(setting.type), below: shapeOf(setting) },
    ]),
  );
};

/** The schema reports a name that another alternative allows. */
const shapeOfAny = (alternatives: readonly SchemaNode[]): Shape => {
  const settings = new Map<string, Setting>();
  for (const alternative of alternatives) {
    const onlyIn = alternative.type === 'array' ? 'list' : 'mapping';
    for (const [name, setting] of shapeOf(alternative) ?? [])
      settings.set(name, settings.has(name) ? setting : { ...setting, onlyIn });
  }
  return settings;
};

const isNode = (option: unknown): option is SchemaNode => typeof option === 'object' && option !== null;
