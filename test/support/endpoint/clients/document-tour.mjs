import { createRequire } from 'node:module';
import { json } from 'node:stream/consumers';
import { resultOf } from './sdk-result.mjs';
import { withBytes } from './with-bytes.mjs';

/*
 * Takes a tour with the document client of the AWS SDK for JavaScript that lies in a folder; what has no documents is asked
 * of the client below it:
 *   node document-tour.mjs <folder> < steps.json > results.json
 */
const [folder] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
const sdk = require('@aws-sdk/client-dynamodb');
const lib = require('@aws-sdk/lib-dynamodb');
const { unmarshall } = require('@aws-sdk/util-dynamodb');

/** What documents are called, by the operation. */
const COMMANDS = {
  GetItem: 'GetCommand',
  PutItem: 'PutCommand',
  UpdateItem: 'UpdateCommand',
  DeleteItem: 'DeleteCommand',
  BatchGetItem: 'BatchGetCommand',
  BatchWriteItem: 'BatchWriteCommand',
  TransactGetItems: 'TransactGetCommand',
  TransactWriteItems: 'TransactWriteCommand',
  Query: 'QueryCommand',
  Scan: 'ScanCommand',
};
const DOCUMENTS = new Set(['Item', 'Key', 'ExpressionAttributeValues', 'ExclusiveStartKey']);

/** Numbers keep their digits, there and back. */
const documentOf = (attributes) => unmarshall(withBytes(attributes), { wrapNumbers: true });

const inDocuments = (value) => {
  if (Array.isArray(value)) return value.map(inDocuments);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (DOCUMENTS.has(name)) return [name, documentOf(member)];
      if (name === 'Keys') return [name, member.map(documentOf)];
      return [name, inDocuments(member)];
    }),
  );
};

const client = new sdk.DynamoDBClient({});
const documents = lib.DynamoDBDocumentClient.from(client, { unmarshallOptions: { wrapNumbers: true } });
const results = [];
for (const { operation, input } of await json(process.stdin)) {
  const command = COMMANDS[operation];
  results.push(
    await resultOf(() =>
      command === undefined
        ? client.send(new sdk[`${operation}Command`](input))
        : documents.send(new lib[command](inDocuments(input))),
    ),
  );
}
client.destroy();
process.stdout.write(JSON.stringify(results));
