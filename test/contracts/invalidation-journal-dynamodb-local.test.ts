import { afterAll } from '@jest/globals';
import { startDynamoDbLocal } from '../support/dynamodb/dynamodb-local.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { startJournalSubject } from '../support/dynamodb/journal-subject.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { runJournalContract } from './invalidation-journal.contract.ts';
import { runDynamoDbJournalContract } from './invalidation-journal-dynamodb.contract.ts';

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

runJournalContract({
  name: 'DynamoDbJournal on DynamoDB Local',
  retries: true,
  start: () => startJournalSubject(server()),
  skip,
});
runDynamoDbJournalContract({ name: 'DynamoDB Local', server, skip });
