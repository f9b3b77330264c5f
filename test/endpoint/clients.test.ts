import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type BareDynalite, startBareDynalite } from '../support/dynamodb/dynalite.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { comparableResult, errorsAmong } from '../support/endpoint/clients/comparable-result.ts';
import { findClients } from '../support/endpoint/clients/find-clients.ts';
import { type ClientResult, takeTour } from '../support/endpoint/clients/foreign-client.ts';
import { EndpointUnderTest } from '../support/endpoint/endpoint-under-test.ts';
import { TOUR, type TourStep } from '../support/endpoint/tour.ts';

const TIMEOUT_MS = 180_000;

/** Not the table of the tour: the tour deletes that, and what is read soon after a deletion is not cached. */
const COUNTED = 'Counted';
const TABLES = ['Tour', COUNTED].map((name) =>
  tableSpec({ name, hashKey: { name: 'id', type: 'S' }, sortKey: { name: 'at', type: 'N' } }),
);

const READS = new Set(['GetItem', 'BatchGetItem']);

/** What clients can be made to ask without a pause, and each read twice, so that memory answers the second. */
const STEPS = TOUR.filter(
  ({ title, operation, input, awaitsRest }) =>
    typeof input === 'object' &&
    !Array.isArray(input) &&
    !['', 'MakeTea'].includes(operation) &&
    (awaitsRest === undefined || title === 'a table is deleted'),
).flatMap((step) => (READS.has(step.operation) ? [step, { ...step, title: `${step.title} again` }] : [step]));

const Key = { id: { S: 'counted' }, at: { N: '1' } };
const step = (operation: string, input: object): TourStep => ({ title: operation, operation, input });
const times = (count: number, each: TourStep) => Array.from({ length: count }, () => each);
const COUNTED_TABLE = step('CreateTable', {
  TableName: COUNTED,
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'id', KeyType: 'HASH' },
    { AttributeName: 'at', KeyType: 'RANGE' },
  ],
  BillingMode: 'PAY_PER_REQUEST',
});
const PUT = step('PutItem', { TableName: COUNTED, Item: { ...Key, price: { N: '1' } } });
const READ = step('GetItem', { TableName: COUNTED, Key });
const CONSISTENT_READ = step('GetItem', { TableName: COUNTED, Key, ConsistentRead: true });
const BATCH = step('BatchGetItem', { RequestItems: { [COUNTED]: { Keys: [Key] } } });

for (const client of await findClients()) {
  const isHere = 'command' in client;
  const suite = isHere ? describe : describe.skip;

  suite(isHere ? client.name : `${client.name}: ${client.unavailable}`, () => {
    let direct: BareDynalite;
    let behind: BareDynalite;
    let endpoint: EndpointUnderTest;

    beforeAll(async () => {
      useTestCredentials();
      direct = await startBareDynalite();
      behind = await startBareDynalite();
      endpoint = await EndpointUnderTest.inFrontOf(behind.url, { tables: TABLES });
    });

    afterAll(async () => {
      await endpoint.close();
      await Promise.all([direct.close(), behind.close()]);
    });

    const tour = (url: string, steps: readonly TourStep[]): Promise<readonly ClientResult[]> =>
      isHere ? takeTour(client, url, steps) : Promise.reject(new Error(client.unavailable));

    it(
      'gets the same answers on the tour as without the extension, errors included',
      async () => {
        const [wanted, given] = await Promise.all([tour(direct.url, STEPS), tour(endpoint.url, STEPS)]);
        const told = (results: readonly ClientResult[]) =>
          results.map((result, index) => [STEPS[index]?.title, comparableResult(result)]);

        expect(told(given)).toEqual(told(wanted));
        expect(given).toHaveLength(STEPS.length);
        expect(errorsAmong(given).length).toBeGreaterThan(8);
        expect(errorsAmong(given).length).toBeLessThan(STEPS.length / 2);
      },
      TIMEOUT_MS,
    );

    it(
      'reads again and again without a call to DynamoDB, unless it wants to read consistently',
      async () => {
        behind.operations.length = 0;
        const steps = [
          COUNTED_TABLE,
          PUT,
          ...times(5, READ),
          ...times(3, BATCH),
          ...times(3, CONSISTENT_READ),
        ];
        const results = await tour(endpoint.url, steps);

        expect(errorsAmong(results)).toEqual([]);
        expect(behind.operations).toEqual(['CreateTable', 'PutItem', 'GetItem', ...Array(3).fill('GetItem')]);
      },
      TIMEOUT_MS,
    );
  });
}
