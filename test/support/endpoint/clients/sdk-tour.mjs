import { createRequire } from 'node:module';
import { json } from 'node:stream/consumers';
import { resultOf } from './sdk-result.mjs';
import { withBytes } from './with-bytes.mjs';

/*
 * Takes a tour with the AWS SDK for JavaScript that lies in a folder:
 *   node sdk-tour.mjs <folder> < steps.json > results.json
 * Where the services are, AWS_ENDPOINT_URL_DYNAMODB and its like say; there is nothing about it here.
 */
const [folder] = process.argv.slice(2);
const require = createRequire(`${folder}/`);

const NAMES = {
  dynamodb: ['@aws-sdk/client-dynamodb', 'DynamoDBClient'],
  ssm: ['@aws-sdk/client-ssm', 'SSMClient'],
  secretsmanager: ['@aws-sdk/client-secrets-manager', 'SecretsManagerClient'],
};
const clients = new Map();

const clientOf = (service) => {
  const [name, type] = NAMES[service];
  const sdk = require(name);
  if (!clients.has(service)) clients.set(service, new sdk[type]({}));
  return { sdk, client: clients.get(service) };
};

const pagesOf = async (pages) => {
  const all = [];
  for await (const page of pages) all.push(page);
  return { pages: all };
};

const results = [];
for (const { service, operation, input, pageSize } of await json(process.stdin)) {
  const { sdk, client } = clientOf(service);
  results.push(
    await resultOf(() =>
      pageSize === undefined
        ? client.send(new sdk[`${operation}Command`](withBytes(input)))
        : pagesOf(sdk[`paginate${operation}`]({ client, pageSize }, input)),
    ),
  );
}
for (const client of clients.values()) client.destroy();
process.stdout.write(JSON.stringify(results));
