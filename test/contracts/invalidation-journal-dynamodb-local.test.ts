import { afterAll } from '@jest/globals';
import { localForContracts } from '../support/dynamodb/dynamodb-local.ts';
import { startJournalSubject } from '../support/dynamodb/journal-subject.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { runJournalContract } from './invalidation-journal.contract.ts';
import { runDynamoDbJournalContract } from './invalidation-journal-dynamodb.contract.ts';

useTestCredentials();
const { server, skip, close } = await localForContracts();
afterAll(close);

runJournalContract({
  name: 'DynamoDbJournal on DynamoDB Local',
  retries: true,
  start: () => startJournalSubject(server()),
  skip,
});
runDynamoDbJournalContract({ name: 'DynamoDB Local', server, skip });
