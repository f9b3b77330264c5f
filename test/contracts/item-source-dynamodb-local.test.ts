import { afterAll } from '@jest/globals';
import { localForContracts } from '../support/dynamodb/dynamodb-local.ts';
import { startSourceSubject } from '../support/dynamodb/source-subject.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { runItemSourceContract } from './item-source.contract.ts';
import { runDynamoDbContract } from './item-source-dynamodb.contract.ts';

useTestCredentials();
const { server, skip, close } = await localForContracts();
afterAll(close);

runItemSourceContract({
  name: 'DynamoDbItemSource on DynamoDB Local',
  start: () => startSourceSubject(server()),
  skip,
});
runDynamoDbContract({ name: 'DynamoDB Local', server, skip });
