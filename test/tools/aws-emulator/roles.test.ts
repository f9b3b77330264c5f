import { AssumeRoleCommand, STSClient } from '@aws-sdk/nested-clients/sts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AwsFixture, AWS_CREDENTIALS, startAwsFixture } from '../../support/aws-emulator/fixture.ts';

const ACCOUNT = '111122223333';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/team/reader`;
const HOUR_MS = 3_600_000;

let fixture: AwsFixture;

beforeEach(async () => {
  fixture = await startAwsFixture();
  fixture.aws.roles.put(ROLE);
  fixture.aws.parameters.put('/app/x', { value: 'own' });
  fixture.aws.account(ACCOUNT).parameters.put('/app/x', { value: 'other' });
});
afterEach(() => fixture.aws.close());

type Parameters = Readonly<Record<string, string | undefined>>;

const VALID: Parameters = {
  Action: 'AssumeRole',
  Version: '2011-06-15',
  RoleArn: ROLE,
  RoleSessionName: 'cache',
};

/** Sends a form; members that are undefined are left out. */
const assume = (change: Parameters = {}, { client } = fixture, service = 'sts') => {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...VALID, ...change })) {
    if (value !== undefined) form.set(name, value);
  }
  return client.send({
    service,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: form.toString(),
  });
};

const codeIn = (body: string): string | undefined => /<Code>(\w+)<\/Code>/.exec(body)?.[1];

const outcome = async (change: Parameters = {}): Promise<readonly [number, string | undefined]> => {
  const { status, body } = await assume(change);
  return [status, codeIn(body)];
};

/** A client with the credentials of the latest session. */
const asRole = (change: object = {}) => {
  const [session] = fixture.aws.roles.sessions.slice(-1);
  if (session === undefined) throw new Error('no role was assumed');
  return fixture.client.with({ credentials: { ...session.credentials, ...change } });
};

const read = async (client = fixture.client) => (await client.ssm('GetParameter', { Name: '/app/x' })).json;

describe('AssumeRole', () => {
  it('issues credentials that the SDK of AWS reads', async () => {
    const sts = new STSClient({
      endpoint: fixture.aws.url,
      region: 'eu-west-1',
      credentials: AWS_CREDENTIALS,
      maxAttempts: 1,
    });
    fixture.now = Date.now();
    const { Credentials, AssumedRoleUser } = await sts.send(
      new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'cache', DurationSeconds: 900 }),
    );
    fixture.aws.faults.deny('sts:AssumeRole', ROLE);
    const refusal: unknown = await sts
      .send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'cache' }))
      .catch((error: unknown) => error);
    sts.destroy();

    const [session] = fixture.aws.roles.sessions;
    expect(Credentials).toEqual({
      AccessKeyId: session?.credentials.accessKeyId,
      SecretAccessKey: session?.credentials.secretAccessKey,
      SessionToken: session?.credentials.sessionToken,
      Expiration: new Date(Math.floor((fixture.now + 900_000) / 1000) * 1000),
    });
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/reader/cache`);
    expect(refusal).toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  });

  it('gives access to the account of the role, and no longer to the own one', async () => {
    await assume();

    expect(await read(asRole())).toMatchObject({
      Parameter: { Value: 'other', ARN: `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/app/x` },
    });
    expect(await read()).toMatchObject({ Parameter: { Value: 'own' } });
    expect(fixture.aws.calls.of('GetParameter').map(({ accessKeyId }) => accessKeyId)).toEqual([
      fixture.aws.roles.sessions[0]?.credentials.accessKeyId,
      AWS_CREDENTIALS.accessKeyId,
    ]);
  });

  it('issues credentials that expire', async () => {
    await assume({ DurationSeconds: '900' });
    const client = asRole();
    fixture.now += 899_000;
    expect(await read(client)).toMatchObject({ Parameter: { Value: 'other' } });
    fixture.now += 1_000;

    expect(await read(client)).toMatchObject({ __type: 'ExpiredTokenException' });
  });

  it.each([
    ['another token', { sessionToken: 'other' }, 'UnrecognizedClientException'],
    ['another secret', { secretAccessKey: 'other' }, 'InvalidSignatureException'],
  ])('issues credentials that are rejected with %s', async (_, change, type) => {
    await assume();

    expect(await read(asRole(change))).toMatchObject({ __type: type });
  });

  it.each([
    ['the only permitted version', { Version: '2011-06-16' }, 'InvalidAction'],
    ['a known action', { Action: 'AssumeRoleWithSAML' }, 'InvalidAction'],
    ['no other parameter', { Tags: 'x' }, 'MalformedInput'],
    ['an ARN', { RoleArn: 'reader' }, 'ValidationError'],
    ['the ARN of a role', { RoleArn: `arn:aws:iam::${ACCOUNT}:user/reader` }, 'ValidationError'],
    ['a name of the session', { RoleSessionName: undefined }, 'ValidationError'],
    ['a longer name of the session', { RoleSessionName: 'x' }, 'ValidationError'],
    ['a shorter name of the session', { RoleSessionName: 'x'.repeat(65) }, 'ValidationError'],
    ['allowed characters', { RoleSessionName: 'a b' }, 'ValidationError'],
    ['a longer external id', { ExternalId: 'x' }, 'ValidationError'],
    ['a longer duration', { DurationSeconds: '899' }, 'ValidationError'],
    ['a whole duration', { DurationSeconds: '900.5' }, 'ValidationError'],
    ['a shorter duration', { DurationSeconds: '43201' }, 'ValidationError'],
    ['a duration that the role allows', { DurationSeconds: '3601' }, 'ValidationError'],
  ])('requires %s', async (_, change, code) => {
    expect(await outcome(change)).toEqual([400, code]);
    expect(fixture.aws.roles.sessions).toEqual([]);
  });

  it('requires the external id of the trust policy', async () => {
    fixture.aws.roles.put(ROLE, { externalId: 'shop-4711' });

    expect(await outcome()).toEqual([403, 'AccessDenied']);
    expect(await outcome({ ExternalId: 'shop-4712' })).toEqual([403, 'AccessDenied']);
    expect(await outcome({ ExternalId: 'shop-4711' })).toEqual([200, undefined]);
  });

  it('refuses a role that does not exist as one that does not trust the caller', async () => {
    fixture.aws.roles.put(ROLE, { trustedAccounts: ['999999999999'] });

    expect(await outcome()).toEqual([403, 'AccessDenied']);
    expect(await outcome({ RoleArn: `${ROLE}s` })).toEqual([403, 'AccessDenied']);
  });

  it('chains roles for an hour at most', async () => {
    const chained = `arn:aws:iam::444455556666:role/next`;
    fixture.aws.roles.put(chained, { trustedAccounts: [ACCOUNT], maxSessionSeconds: 43_200 });
    await assume();
    const asFirst = { ...fixture, client: asRole() };
    const tooLong = await assume({ RoleArn: chained, DurationSeconds: '3601' }, asFirst);
    const { status } = await assume({ RoleArn: chained }, asFirst);

    expect(codeIn(tooLong.body)).toBe('ValidationError');
    expect(status).toBe(200);
    expect(fixture.aws.roles.sessions.at(-1)).toMatchObject({
      accountId: '444455556666',
      expiresAt: fixture.now + HOUR_MS,
    });
  });

  it('answers with the errors of the query protocol', async () => {
    const { aws, client } = fixture;
    const withClient = async (changed: typeof client) => {
      const { status, body } = await assume({}, { ...fixture, client: changed });
      return [status, codeIn(body)];
    };
    const unknown = { ...AWS_CREDENTIALS, accessKeyId: 'AKIDUNKNOWN' };
    const wrong = { ...AWS_CREDENTIALS, secretAccessKey: 'wrong' };

    expect(await withClient(client.with({ credentials: unknown }))).toEqual([403, 'InvalidClientTokenId']);
    expect(await withClient(client.with({ credentials: wrong }))).toEqual([403, 'SignatureDoesNotMatch']);
    const unscoped = await assume({}, fixture, 'ssm');
    expect(codeIn(unscoped.body)).toBe('SignatureDoesNotMatch');
    const undo = aws.faults.throttle('sts:AssumeRole');
    expect(await outcome()).toEqual([400, 'Throttling']);
    undo();
    aws.faults.failNext(1, { type: 'InternalFailure', status: 500 }, 'sts:*');
    expect(await outcome()).toEqual([500, 'InternalFailure']);
    aws.faults.expireCredentials();
    expect(await outcome()).toEqual([403, 'ExpiredToken']);
  });
});
