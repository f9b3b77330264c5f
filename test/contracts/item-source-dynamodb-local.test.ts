import { afterAll } from '@jest/globals';
import { startDynamoDbLocal } from '../support/dynamodb/dynamodb-local.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { startSourceSubject } from '../support/dynamodb/source-subject.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { runItemSourceContract } from './item-source.contract.ts';
import { runDynamoDbContract } from './item-source-dynamodb.contract.ts';

useTestCredentials();
const local = await startDynamoDbLocal();
const skip = 'unavailable' in local ? local.unavailable : undefined;
const server = (): DynamoDbServer => {
  if ('unavailable' in local) throw new Error(local.unavailable);
  return local;
};
afterAll(async () => {
  if (!('unavailable' in local)) await local.close();
});

runItemSourceContract({
  name: 'DynamoDbItemSource on DynamoDB Local',
  start: () => startSourceSubject(server()),
  skip,
});
runDynamoDbContract({ name: 'DynamoDB Local', server, skip });
