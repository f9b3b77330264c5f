import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { errorsAmong } from '../support/endpoint/clients/comparable-result.ts';
import { findClients, projectClient } from '../support/endpoint/clients/find-clients.ts';
import { takeTour } from '../support/endpoint/clients/foreign-client.ts';
import type { TourStep } from '../support/endpoint/tour.ts';
import { WireStage } from '../support/endpoint/wire-stage.ts';
import { IS_THOROUGH } from '../support/thorough.ts';

const TIMEOUT_MS = 180_000;
const Key = { id: { S: 'a' } };
const step = (operation: string, input: object): TourStep => ({ title: operation, operation, input });
const READ = step('GetItem', { TableName: 'Users', Key });
const WRITE = step('PutItem', { TableName: 'Users', Item: { ...Key, n: { N: '1' } } });

/** DynamoDB answers with its regional endpoint. Nothing listens on this one. */
const ELSEWHERE = '{"Endpoints":[{"Address":"localhost:1","CachePeriodInMinutes":1440}]}';

/** The others take long, and some must be installed first: all of them with CACHE_TEST_THOROUGH=1. */
const clients = IS_THOROUGH
  ? (await findClients()).filter(({ name }) => !name.includes('AWS CLI'))
  : [projectClient];

describe.each(clients)('a client with endpoint discovery switched on: $name', (client) => {
  let stage: WireStage;

  beforeEach(async () => {
    stage = await WireStage.open({
      DescribeEndpoints: ELSEWHERE,
      GetItem: '{"Item":{"id":{"S":"a"},"n":{"N":"1"}}}',
    });
  });

  afterEach(() => stage.close());

  const isHere = 'command' in client;

  (isHere ? it : it.skip)(
    `sends all operations to the extension${isHere ? '' : `: ${client.unavailable}`}`,
    async () => {
      if (!isHere) throw new Error(client.unavailable);
      const steps = [READ, READ, WRITE, READ, READ, step('DescribeEndpoints', {}), WRITE];
      const results = await takeTour(client, stage.endpoint.url, steps, {
        AWS_ENABLE_ENDPOINT_DISCOVERY: 'true',
      });

      expect(errorsAmong(results)).toEqual([]);
      expect(results[5]).toMatchObject({ Endpoints: [] });
      expect(stage.operations).toEqual(['GetItem', 'PutItem', 'GetItem', 'PutItem']);
    },
    TIMEOUT_MS,
  );
});
