import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startDynamoDbLocal } from '../support/dynamodb/dynamodb-local.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { comparableResult, errorsAmong } from '../support/endpoint/clients/comparable-result.ts';
import { findClients } from '../support/endpoint/clients/find-clients.ts';
import { type ClientResult, takeTour } from '../support/endpoint/clients/foreign-client.ts';
import { EndpointUnderTest } from '../support/endpoint/endpoint-under-test.ts';
import { transactions } from '../support/endpoint/transactions.ts';

const TIMEOUT_MS = 180_000;
const TABLE = tableSpec({ name: 'Tour', hashKey: { name: 'id', type: 'S' } });

const both = [await startDynamoDbLocal(), await startDynamoDbLocal()];
const [direct, behind] = both.filter((server): server is DynamoDbServer => 'endpoint' in server);
const unavailable = both.flatMap((server) => ('unavailable' in server ? [server.unavailable] : []))[0];
const clients = await findClients();

const isHere = direct !== undefined && behind !== undefined;
const suite = isHere ? describe : describe.skip;

suite(`transactions of DynamoDB Local${isHere ? '' : `: ${unavailable}`}`, () => {
  let endpoint: EndpointUnderTest;

  // A refused transaction casts doubt on its keys for a while, which is not to meet the next client.
  beforeEach(async () => {
    useTestCredentials();
    endpoint = await EndpointUnderTest.inFrontOf(behind?.endpoint ?? '', { tables: [TABLE] });
  });

  afterEach(() => endpoint.close());

  afterAll(async () => {
    await Promise.all([direct?.close(), behind?.close()]);
  });

  for (const client of clients) {
    const isThere = 'command' in client;

    (isThere ? it : it.skip)(
      `are to ${client.name} what they are without the extension${isThere ? '' : `: ${client.unavailable}`}`,
      async () => {
        if (!isThere || direct === undefined || behind === undefined) throw new Error('not here');
        const steps = transactions(client.name.replaceAll(/\W/g, '-').slice(0, 36));
        const before = behind.requests.length;
        const [wanted, given] = await Promise.all([
          takeTour(client, direct.endpoint, steps),
          takeTour(client, endpoint.url, steps),
        ]);
        const told = (results: readonly ClientResult[]) =>
          results.map((result, index) => [steps[index]?.title, comparableResult(result)]);
        const reads = behind.requests.slice(before).filter(({ operation }) => operation === 'GetItem');

        expect(told(given)).toEqual(told(wanted));
        expect(errorsAmong(given)).toHaveLength(4);
        expect(reads).toHaveLength(7);
      },
      TIMEOUT_MS,
    );
  }
});
