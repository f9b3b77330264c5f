import { beforeAll, describe, expect, it } from '@jest/globals';
import { CHECKS } from '../../deploy/aws-check/checks/index.ts';
import type { FunctionId } from '../../deploy/aws-check/cloud.ts';
import { readPlan } from '../support/aws-check/check-plan.ts';
import { SECRET } from '../support/aws-check/emulated-account.ts';
import { type EmulatedRun, runOnEmulatedAccount } from '../support/aws-check/emulated-run.ts';

const NAMES = CHECKS.map(({ name }) => name);
const LIMIT_MS = 120_000;

interface Outcome {
  readonly name: string;
  readonly outcome: string;
  readonly seen: string;
}

const outcomesOf = ({ reports }: EmulatedRun): readonly Outcome[] => JSON.parse(reports.json ?? '').checks;

describe('aws-check on an emulated account that keeps all promises', () => {
  let run: EmulatedRun;

  beforeAll(async () => {
    run = await runOnEmulatedAccount();
  }, LIMIT_MS);

  it('passes every check and ends with status 0', () => {
    expect(outcomesOf(run).map(({ name, outcome, seen }) => [name, outcome, seen])).toEqual(
      NAMES.map((name) => [name, 'passed', expect.any(String)]),
    );
    expect(run.status).toBe(0);
  });

  it('reports versions, digests of the layers, cold starts and the time of a hit', () => {
    const report = JSON.parse(run.reports.json ?? '');

    expect(report.versions).toMatchObject({ extension: '0.0.0', 'AWS CLI': '2.31.0' });
    expect(Object.keys(report.versions)).toEqual(
      expect.arrayContaining(Object.keys(readPlan().functions).map((id) => `runtime of ${id}`)),
    );
    expect(report.layers).toEqual({
      node: expect.stringMatching(/^[0-9a-f]{64}$/),
      'standalone-x86_64': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const figures = Object.assign({}, ...report.checks.map((check: { figures: object }) => check.figures));
    expect(figures).toEqual({
      'cold start, median of the initializations, ms': expect.any(Number),
      'hit, median, ms': expect.any(Number),
    });
    expect(run.reports.md).toContain('# Check on AWS: passed\n\n13 of 13 checks passed.');
  });

  it('lets no value of a secret out of a function', () => {
    expect([run.output, ...Object.values(run.reports)].join()).not.toContain(SECRET);
  });
});

/** Variables that break what each function is there for. */
const BROKEN: Partial<Readonly<Record<FunctionId, Readonly<Record<string, string>>>>> = {
  Node: { CACHE_EXTENSION_TTL: '0s' },
  Standalone: { CACHE_EXTENSION_TTL: '0s' },
  Unreachable: {},
  Ports: { CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets,appconfig', SSM_PARAMETER_STORE_TTL: '0' },
  SdkEndpoint: { CACHE_EXTENSION_TTL: '0s', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:4000' },
  Wrapper: { CACHE_EXTENSION_TTL: '0s', AWS_LAMBDA_EXEC_WRAPPER: '/opt/dynamodb-cache-endpoint' },
};

describe('aws-check on an emulated account that breaks every promise', () => {
  let outcomes: readonly Outcome[] = [];
  let status = 0;

  beforeAll(async () => {
    const run = await runOnEmulatedAccount({
      planned: (id, planned) => ({
        ...planned,
        snapStart: false,
        environment: BROKEN[id] ?? planned.environment,
      }),
      cacheYaml: (text) =>
        text
          .replace('ttl: 2s', 'ttl: 1h')
          .replace('coherence: invocation', 'coherence: ttl')
          .replace('- name: ${CHECK_PARAMETER}', '- name: ${CHECK_PARAMETER}\n    ttl: 0s'),
    });
    outcomes = outcomesOf(run);
    status = run.status;
  }, LIMIT_MS);

  it.each([
    ['cold start, Node.js layer', 'at the first invocation the preload was: absent'],
    ['cold start, standalone layer', 'at the first invocation the preload was: absent'],
    ['hits, Node.js layer', 'a repeated read was no hit: 200 dynamodb-cache; fwd=stale; fwd-status=200'],
    ['hits, standalone layer', 'a repeated read was no hit: 200 dynamodb-cache; fwd=stale; fwd-status=200'],
    ['freeze and thaw', 'an item of one hour was no hit after the freeze'],
    ['SnapStart', 'the function was initialized by on-demand, so SnapStart was not seen'],
    [
      'outage by a denied role',
      'an expired item was answered with 200 (version 101) although reads were denied',
    ],
    ['unreachable DynamoDB', 'the read of invocation 1 was 200'],
    ['SDK endpoint', 'the second read of the SDK was no hit'],
    ['wrapper', 'the second read of the SDK was no hit'],
    ['configuration sources', 'the second read of the parameter was no hit: 200'],
    ['ports of the extensions of AWS', 'the second read of the parameter was no hit: 200'],
    [
      'coherence of environments',
      'after the write of version 101, another environment read 1: 200 dynamodb-cache; hit',
    ],
  ])('fails the check "%s"', (name, reason) => {
    expect(outcomes.find((each) => each.name === name)).toMatchObject({
      outcome: 'FAILED',
      seen: expect.stringContaining(reason),
    });
  });

  it('has a fault for every check, and ends with status 1', () => {
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(NAMES.map(() => 'FAILED'));
    expect(status).toBe(1);
  });
});

it('fails the check of freezes if an expired item is served', async () => {
  const run = await runOnEmulatedAccount({
    only: ['freeze and thaw'],
    cacheYaml: (text) => text.replace('ttl: 2s', 'ttl: 1h'),
  });

  expect(outcomesOf(run)).toMatchObject([
    {
      outcome: 'FAILED',
      seen: 'an item of two seconds was served as version 1 after the freeze; DynamoDB had 101',
    },
  ]);
}, 60_000);

it.each([
  ['a port is not served', 'parameters-and-secrets', 'ECONNREFUSED'],
  [
    'the configuration is another one',
    'parameters-and-secrets,appconfig',
    'the configuration was {"limit":8}',
  ],
])(
  'fails the check of the ports of AWS if %s',
  async (_, compatibility, reason) => {
    const run = await runOnEmulatedAccount({
      only: ['ports of the extensions of AWS'],
      planned: (_, planned) => ({
        ...planned,
        environment: { ...planned.environment, CACHE_EXTENSION_COMPATIBILITY: compatibility },
      }),
      configuration: '{"limit":8}',
    });

    expect(outcomesOf(run)).toMatchObject([{ outcome: 'FAILED', seen: expect.stringContaining(reason) }]);
  },
  60_000,
);

it('fails the check of the wrapper if the function does not use it', async () => {
  const run = await runOnEmulatedAccount({
    only: ['wrapper'],
    // The SDK must not call AWS: it finds no server at this address.
    planned: (_, planned) => ({ ...planned, environment: { AWS_ENDPOINT_URL_DYNAMODB: 'http://localhost' } }),
  });

  expect(outcomesOf(run)).toMatchObject([{ outcome: 'FAILED' }]);
}, 60_000);
