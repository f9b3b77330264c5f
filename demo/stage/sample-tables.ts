import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { KeySchema } from '../../src/domain/dynamodb/model/table-spec.ts';
import type { DynamoDbServer } from '../../test/support/dynamodb/dynamodb-server.ts';
import { flag, order, product, thumbnail } from './sample-items.ts';

interface SampleTable extends KeySchema {
  readonly table: string;
  readonly items: readonly AttributeMap[];
}

const PRODUCTS = Array.from({ length: 20 }, (_, p) =>
  Array.from({ length: 10 }, (_, s) =>
    product(`p${p + 1}`, `s${s + 1}`, `Cup ${p + 1}.${s + 1}`, `${s + 4}.5`),
  ),
).flat();

/** How many items the table `Products` has. */
export const PRODUCT_COUNT = PRODUCTS.length;

/**
 * What the story asks for is not what the README and the end of the story invite readers to ask for: those may do so at any time.
 * One for each type of key, with and without a sort key; demo/cache.yaml says what is kept of them.
 */
const SAMPLE_TABLES: readonly SampleTable[] = [
  {
    table: 'Products',
    hashKey: { name: 'pKey', type: 'S' },
    sortKey: { name: 'sKey', type: 'S' },
    items: PRODUCTS,
  },
  {
    table: 'Orders',
    hashKey: { name: 'orderNumber', type: 'N' },
    items: [order('1001', '9'), order('1002', '120'), order('1003', '0.1'), order('1004', '41')],
  },
  {
    table: 'Thumbnails',
    hashKey: { name: 'digest', type: 'B' },
    items: [thumbnail('3q2+7w=='), thumbnail('AAEC')],
  },
  {
    table: 'Flags',
    hashKey: { name: 'flag', type: 'S' },
    items: [flag('new-checkout', false), flag('dark-mode', false)],
  },
];

/** Makes all sample tables, with their items. */
export const createSampleTables = async (dynamoDb: DynamoDbServer): Promise<void> => {
  for (const { items, ...schema } of SAMPLE_TABLES) {
    await dynamoDb.createTable(schema);
    await Promise.all(items.map((item) => dynamoDb.put(schema.table, item)));
  }
};
