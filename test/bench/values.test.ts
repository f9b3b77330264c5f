import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readBudgets } from '../../bench/report/budgets.mjs';
import { startScriptedValues } from '../../bench/subjects/programs.mjs';
import { VALUE_BYTES, VALUE_ROUTES, valuesYaml } from '../../bench/subjects/sample-values.mjs';
import { checkCacheYaml } from '../../src/adapters/config/cache-yaml/check-cache-yaml.ts';
import { listedParameters, listedSecrets } from '../../src/adapters/config/cache-yaml/value-sections.ts';
import { SECTIONS } from '../../src/bootstrap/modules/sections.ts';
import { VALUE } from '../../src/domain/named-values/value-bodies.ts';
import { parameterBodies } from '../../src/domain/parameters/parameter-calls.ts';
import { secretBodies } from '../../src/domain/secrets/secret-calls.ts';
import { LIFETIMES } from '../support/application/create-application.ts';

const LAST = 1;

/** The parameters of the query of a route's target. */
const queryOf = (route: number): URLSearchParams =>
  new URL(VALUE_ROUTES[route]?.targetOf(LAST) ?? '', 'http://localhost').searchParams;

describe('the values of the bench', () => {
  let upstream: Awaited<ReturnType<typeof startScriptedValues>>;
  beforeAll(async () => {
    upstream = await startScriptedValues();
  });
  afterAll(() => upstream.child.stop());

  const read = async (operation: string, input: unknown): Promise<Uint8Array> => {
    const response = await fetch(upstream.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': operation, 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(input),
    });
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    return new Uint8Array(await response.arrayBuffer());
  };

  it.each([0, 1])('have answers for the parameter that route %i reads', async (route) => {
    const response = await read('AmazonSSM.GetParameter', { Name: queryOf(route).get('name') });
    const [body] = parameterBodies(response, [VALUE]);

    expect(body?.bytes.byteLength).toBe(VALUE_BYTES);
  });

  it('have answers for the secret that the last route reads', async () => {
    const response = await read('secretsmanager.GetSecretValue', { SecretId: queryOf(2).get('secretId') });
    const [body] = secretBodies(response, [VALUE]);

    expect(body?.bytes.byteLength).toBe(VALUE_BYTES);
  });

  it('are listed in a cache.yaml, fresh for a day', () => {
    const { problems, ...values } = checkCacheYaml(valuesYaml(LAST + 1), { sections: SECTIONS });
    const parameters = listedParameters(values, LIFETIMES)?.listed;
    const secrets = listedSecrets(values, LIFETIMES)?.listed;
    const ttls = [...(parameters ?? []), ...(secrets ?? [])].map(({ lifetimes }) => lifetimes.ttlMs);

    expect(problems).toEqual([]);
    expect(ttls).toEqual([86_400_000, 86_400_000]);
    expect(queryOf(0).get('name')).toMatch(new RegExp(`^${parameters?.[0]?.path}/`));
    expect(secrets?.[0]?.ids).toContain(queryOf(2).get('secretId'));
  });
});

describe('the budgets of values', () => {
  const budgets = readBudgets().filter(({ suite }) => suite === 'values');

  it('compare each route of both layers with an item of the same layer', () => {
    const compared = budgets.map(({ contender, case: title }) => `${contender}: ${title}`);
    const expected = ['node', 'standalone'].flatMap((layer) =>
      VALUE_ROUTES.map(({ title }) => `${layer}: ${title}, 16 connections`),
    );

    expect(compared).toEqual(expected);
    expect(budgets.every(({ against }) => against?.contender === undefined)).toBe(true);
  });
});
