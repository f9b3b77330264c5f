import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { comparableResult, errorsAmong } from '../support/endpoint/clients/comparable-result.ts';
import { findValueClients } from '../support/endpoint/clients/find-clients.ts';
import { type ClientResult, takeTour } from '../support/endpoint/clients/foreign-client.ts';
import type { TourStep } from '../support/endpoint/tour.ts';
import { CACHED_READS, FORWARDED, storeTourValues, WRITES } from '../support/endpoint/value-tour.ts';
import { ValuesUnderTest } from '../support/endpoint/values-under-test.ts';
import { WRAPPER } from '../support/wrapped-runtime.ts';

const TIMEOUT_MS = 180_000;
const REGION = { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' };
// In this order, because the extension invalidates cached pages if AWS rejects a page token.
const STEPS = [...FORWARDED, ...CACHED_READS];

for (const client of await findValueClients()) {
  const isHere = 'command' in client;
  const suite = isHere ? describe : describe.skip;

  suite(isHere ? client.name : `${client.name}: ${client.unavailable}`, () => {
    let stage: ValuesUnderTest;

    beforeAll(async () => {
      stage = await ValuesUnderTest.start();
      storeTourValues(stage.aws);
    });

    afterAll(() => stage.close());

    const calledDirectly = async (steps: readonly TourStep[]): Promise<readonly ClientResult[]> => {
      if (!isHere) throw new Error(client.unavailable);
      const { url } = stage.aws;
      const variables = { AWS_ENDPOINT_URL_SSM: url, AWS_ENDPOINT_URL_SECRETS_MANAGER: url };
      return takeTour(client, url, steps, { ...REGION, ...variables });
    };

    /** The wrapper of the layers sets the variables. */
    const calledThroughExtension = async (steps: readonly TourStep[]): Promise<readonly ClientResult[]> => {
      if (!isHere) throw new Error(client.unavailable);
      const wrapped = { ...client, command: ['/bin/sh', WRAPPER, ...client.command] as const };
      return takeTour(wrapped, stage.url, steps, {
        ...REGION,
        CACHE_EXTENSION_PORT: new URL(stage.url).port,
        CACHE_EXTENSION_SDK_ENDPOINTS: 'ssm,secretsmanager',
      });
    };

    it(
      'gets the answers and errors of AWS, and repeats its reads without a call to AWS',
      async () => {
        const wanted = await calledDirectly(STEPS);
        const given = await calledThroughExtension(STEPS);
        stage.aws.calls.clear();
        const repeated = await calledThroughExtension(CACHED_READS);
        const told = (results: readonly ClientResult[], steps: readonly TourStep[] = STEPS) =>
          results.map((result, index) => [steps[index]?.title, comparableResult(result)]);

        expect(stage.aws.calls.all.map(({ operation, input }) => [operation, input])).toEqual([]);
        expect(told(given)).toEqual(told(wanted));
        expect(told(repeated, CACHED_READS)).toEqual(told(wanted.slice(FORWARDED.length), CACHED_READS));
        expect(given).toHaveLength(STEPS.length);
        expect(errorsAmong(given).length).toBeGreaterThan(8);
        expect(errorsAmong(given).length).toBeLessThan(STEPS.length / 2);
      },
      TIMEOUT_MS,
    );

    it(
      'reads its own writes',
      async () => {
        const results = await calledThroughExtension(WRITES);
        const values = results.map(
          (result) => /(?:old|new) (?:parameter|secret)/.exec(JSON.stringify(result))?.[0],
        );

        expect(errorsAmong(results)).toEqual([]);
        expect(values).toEqual([
          'old parameter',
          undefined,
          'new parameter',
          'old secret',
          undefined,
          'new secret',
        ]);
      },
      TIMEOUT_MS,
    );
  });
}
