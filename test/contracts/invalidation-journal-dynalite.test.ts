import { afterAll } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import { startJournalSubject } from '../support/dynamodb/journal-subject.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { runJournalContract } from './invalidation-journal.contract.ts';
import { runDynamoDbJournalContract } from './invalidation-journal-dynamodb.contract.ts';

useTestCredentials();
const server = await startDynalite();
afterAll(() => server.close());

runJournalContract({
  name: 'DynamoDbJournal on dynalite',
  retries: true,
  start: () => startJournalSubject(server),
});
runDynamoDbJournalContract({ name: 'dynalite', server: () => server });
