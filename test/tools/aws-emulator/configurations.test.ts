import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AwsFixture, startAwsFixture } from '../../support/aws-emulator/fixture.ts';
import type { AwsAnswer } from '../../support/aws-emulator/signed-caller.ts';

const DAY_MS = 24 * 3600_000;
const ADDRESS = {
  application: { name: 'shop', id: 'abc1234' },
  environment: 'prod',
  profile: 'settings',
} as const;
const AGENT_ACCEPT = 'application/ion;type=AWS.AppConfig.FeatureFlags;q=1.0,*/*;q=0.1';
let fixture: AwsFixture;

beforeEach(async () => {
  fixture = await startAwsFixture();
  fixture.aws.configurations.put(ADDRESS, {
    bytes: 'a: 1\n',
    contentType: 'application/x-yaml',
    versionLabel: 'v1',
  });
});
afterEach(() => fixture.aws.close());

const start = (rest: object = {}) =>
  fixture.client.startSession({
    ApplicationIdentifier: 'shop',
    EnvironmentIdentifier: 'prod',
    ConfigurationProfileIdentifier: 'settings',
    ...rest,
  });
const firstToken = async (rest?: object) => Object((await start(rest)).json).InitialConfigurationToken;
const nextToken = ({ headers }: AwsAnswer) => headers['next-poll-configuration-token'];
const problem = (message: string, Problem: string) => ({
  Message: message,
  Reason: 'InvalidParameters',
  Details: { InvalidParameters: { ConfigurationToken: { Problem } } },
});

describe('a session', () => {
  it('E14 starts with 201 and a token, by names and by ids', async () => {
    const { status, json } = await start({ ApplicationIdentifier: 'abc1234' });

    expect(status).toBe(201);
    expect(json).toEqual({ InitialConfigurationToken: expect.stringMatching(/^\S{1,8192}$/) });
  });

  it('E14 answers the configuration once, and then an empty body until it changes', async () => {
    const answer = await fixture.client.poll(await firstToken());
    expect(answer.status).toBe(200);
    expect(answer.body).toBe('a: 1\n');
    expect(answer.headers).toMatchObject({
      'content-type': 'application/x-yaml',
      'next-poll-interval-in-seconds': '60',
      'version-label': 'v1',
      'last-modified': 'Wed, 16 Nov 2022 08:22:40 GMT',
    });

    fixture.now += 60_000;
    const unchanged = await fixture.client.poll(nextToken(answer));
    expect(unchanged.status).toBe(200);
    expect(unchanged.body).toBe('');
    expect(unchanged.headers['version-label']).toBe('');

    fixture.aws.configurations.put(ADDRESS, { bytes: '{}', contentType: 'application/json' });
    fixture.now += 60_000;
    const changed = await fixture.client.poll(nextToken(unchanged));
    expect(changed.body).toBe('{}');
    expect(changed.headers['content-type']).toBe('application/json');
  });

  it('E14 accepts each token once', async () => {
    const token = await firstToken();
    await fixture.client.poll(token);
    const { status, headers, json } = await fixture.client.poll(token);

    expect(status).toBe(400);
    expect(headers['x-amzn-errortype']).toBe('BadRequestException');
    expect(json).toEqual(problem('Token not valid', 'Corrupted'));
  });

  it.each([
    [undefined, 59_999, 60_000],
    [15, 14_999, 15_000],
  ])('E14 rejects a poll before the interval of %s s, and keeps its token', async (interval, early, late) => {
    const token = nextToken(
      await fixture.client.poll(await firstToken({ RequiredMinimumPollIntervalInSeconds: interval })),
    );
    const started = fixture.now;

    fixture.now = started + early;
    const rejected = await fixture.client.poll(token);
    expect(rejected.json).toEqual(problem('Request too early', 'PollIntervalNotSatisfied'));
    fixture.now = started + late;
    expect((await fixture.client.poll(token)).status).toBe(200);
  });

  it('E14 has tokens that expire after 24 hours', async () => {
    const [used, expired] = [await firstToken(), await firstToken()];

    fixture.now += DAY_MS - 1;
    expect((await fixture.client.poll(used)).status).toBe(200);
    fixture.now += 1;
    expect((await fixture.client.poll(expired)).json).toEqual(problem('Token not valid', 'Expired'));
  });

  it.each([
    [{ ApplicationIdentifier: 'no' }, 'Application'],
    [{ EnvironmentIdentifier: 'no' }, 'Environment'],
    [{ ConfigurationProfileIdentifier: 'no' }, 'ConfigurationProfile'],
  ])('E14 does not start for %j', async (change, ResourceType) => {
    const { status, headers, json } = await start(change);

    expect(status).toBe(404);
    expect(headers['x-amzn-errortype']).toBe('ResourceNotFoundException');
    expect(json).toEqual({ Message: expect.any(String), ResourceType, ReferencedBy: {} });
  });

  it('answers 404 when its deployment is stopped', async () => {
    const token = await firstToken();
    fixture.aws.configurations.delete(ADDRESS);

    expect((await fixture.client.poll(token)).json).toMatchObject({ ResourceType: 'Deployment' });
  });

  it.each([
    { RequiredMinimumPollIntervalInSeconds: 14 },
    { ApplicationIdentifier: 'x'.repeat(129) },
    { Unknown: 1 },
    { EnvironmentIdentifier: 1 },
  ])('rejects the input %j', async (change) => {
    expect((await start(change)).status).toBe(400);
  });

  it.each([
    ['no token', []],
    ['a token with a space', [['configuration_token', 'a b']]],
    [
      'another parameter',
      [
        ['configuration_token', 'a'],
        ['x', 'y'],
      ],
    ],
  ] as const)('rejects a poll with %s', async (_, query) => {
    const answer = await fixture.client.send({
      service: 'appconfig',
      method: 'GET',
      path: '/configuration',
      query,
    });

    expect(answer.json).toEqual(problem('Token not valid', 'Corrupted'));
  });
});

describe('feature flags', () => {
  it('E15 are answered with the default variant, and a disabled flag without attributes', async () => {
    fixture.aws.configurations.putFlags(ADDRESS, {
      basic: { enabled: true, limit: 2, _createdAt: 'x', _updatedAt: 'y' },
      off: { enabled: false, limit: 2 },
      varied: {
        _variants: [
          { name: 'uk', enabled: true, rule: '(eq $store "uk")', attributeValues: { a: 1 } },
          { name: 'default', enabled: true, attributeValues: { a: 2 } },
        ],
      },
    });

    for (const accept of ['*/*', AGENT_ACCEPT]) {
      const { headers, json } = await fixture.client.poll(await firstToken(), { accept });

      expect(headers['content-type']).toBe('application/json');
      expect(json).toEqual({
        basic: { enabled: true, limit: 2 },
        off: { enabled: false },
        varied: { enabled: true, a: 2, _variant: 'default' },
      });
    }
  });
});

describe('failures', () => {
  it('have the statuses of the REST protocol', async () => {
    const { faults } = fixture.aws;
    const token = await firstToken();
    const failed = async () => {
      const { status, headers, json } = await fixture.client.poll(token);
      return [status, headers['x-amzn-errortype'], json];
    };

    faults.throttle('appconfig:GetLatestConfiguration');
    expect(await failed()).toEqual([429, 'ThrottlingException', { message: 'Rate exceeded' }]);
    faults.clear();
    faults.deny('appconfig:GetLatestConfiguration', 'shop/prod/settings');
    expect(await failed()).toEqual([403, 'AccessDeniedException', { Message: expect.any(String) }]);
    faults.clear();
    faults.failNext(1, { type: 'InternalServerException' });
    expect(await failed()).toEqual([500, 'InternalServerException', {}]);
    expect((await fixture.client.poll(token)).status).toBe(200);
  });

  it('deny a session by the ARN of its configuration', async () => {
    fixture.aws.faults.deny(
      'appconfig:StartConfigurationSession',
      'arn:aws:appconfig:eu-west-1:123456789012:application/abc1234/*',
    );

    expect((await start()).status).toBe(403);
  });

  it('use up the token of a poll whose answer is lost', async () => {
    const token = await firstToken();
    fixture.aws.faults.cutNext(1);

    await expect(fixture.client.poll(token)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await fixture.client.poll(token)).json).toEqual(problem('Token not valid', 'Corrupted'));
  });
});
