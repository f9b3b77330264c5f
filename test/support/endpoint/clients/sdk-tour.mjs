import { createRequire } from 'node:module';
import { json } from 'node:stream/consumers';
import { resultOf } from './sdk-result.mjs';
import { withBytes } from './with-bytes.mjs';

/*
 * Takes a tour with the AWS SDK for JavaScript that lies in a folder:
 *   node sdk-tour.mjs <folder> < steps.json > results.json
 * Where DynamoDB is, AWS_ENDPOINT_URL_DYNAMODB says; there is nothing about it here.
 */
const [folder] = process.argv.slice(2);
const sdk = createRequire(`${folder}/`)('@aws-sdk/client-dynamodb');

const client = new sdk.DynamoDBClient({});
const results = [];
for (const { operation, input } of await json(process.stdin)) {
  results.push(await resultOf(() => client.send(new sdk[`${operation}Command`](withBytes(input)))));
}
client.destroy();
process.stdout.write(JSON.stringify(results));
