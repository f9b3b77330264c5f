import { contentsOf, typedItem } from './sample-items.mjs';

/*
 * A DynamoDB emulator with the items of one table (see sample-items.mjs):
 *   node emulated-dynamodb.mjs dynalite|dynamodb-local Items-350-100
 */
const [kind, table] = process.argv.slice(2);

const start = async () => {
  if (kind === 'dynalite') {
    const { startDynalite } = await import('../../test/support/dynamodb/dynalite.ts');
    return startDynalite();
  }
  const { startDynamoDbLocal } = await import('../../test/support/dynamodb/dynamodb-local.ts');
  return startDynamoDbLocal();
};

const server = await start();
if ('unavailable' in server) {
  process.send({ unavailable: server.unavailable });
} else {
  const end = () => server.close().finally(() => process.exit());
  process.on('disconnect', end).on('SIGTERM', end);
  await server.createTable({ table, hashKey: { name: 'id', type: 'S' } });
  const { bytes, count } = contentsOf(table);
  for (let id = 0; id < count; id += 1) await server.put(table, typedItem(String(id), bytes));
  process.send({ endpoint: server.directEndpoint });
}
