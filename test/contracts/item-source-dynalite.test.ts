import { afterAll } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import { startSourceSubject } from '../support/dynamodb/source-subject.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { runItemSourceContract } from './item-source.contract.ts';
import { runDynamoDbContract } from './item-source-dynamodb.contract.ts';

useTestCredentials();
const server = await startDynalite();
afterAll(() => server.close());

runItemSourceContract({ name: 'DynamoDbItemSource on dynalite', start: () => startSourceSubject(server) });
runDynamoDbContract({ name: 'dynalite', server: () => server });
