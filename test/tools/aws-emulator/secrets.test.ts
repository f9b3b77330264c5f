import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type AwsFixture, startAwsFixture } from '../../support/aws-emulator/fixture.ts';
import { STORED_AT_SECONDS } from '../../support/aws-emulator/parameter-vectors.ts';
import {
  answeredSecret,
  SECRET_READS,
  type StoredSecrets,
  secretNotFound,
  UNKNOWN_VERSION,
} from '../../support/aws-emulator/secret-vectors.ts';

const DAY_MS = 24 * 3600_000;
let fixture: AwsFixture;
let first: string;
let current: string;

const call = async (operation: string, input: object) =>
  (await fixture.client.secrets(operation, input)).json;

beforeAll(async () => {
  fixture = await startAwsFixture();
  const { secrets } = fixture.aws;
  first = secrets.put('db', { string: 'one', tags: { team: 'a' } });
  current = secrets.put('db', { string: 'two' });
  secrets.put('binary', { binary: Uint8Array.of(1, 255) });
  secrets.put('gone', { string: 'x' });
  secrets.markForDeletion('gone');
  secrets.create('empty', {});
});
afterEach(() => fixture.aws.faults.clear());
afterAll(() => fixture.aws.close());

const stored = (): StoredSecrets => ({ first, current, arnOf: (name) => fixture.aws.secrets.arnOf(name) });

describe('GetSecretValue answers', () => {
  it.each(SECRET_READS)('%s', async (_, vector) => {
    const { input, status, body } = vector(stored());
    const answer = await fixture.client.secrets('GetSecretValue', input);

    expect(answer.json).toEqual(body);
    expect(answer.status).toBe(status);
  });

  it('E10 a date with an exponent', async () => {
    const { body } = await fixture.client.secrets('GetSecretValue', { SecretId: 'db' });

    expect(body).toContain('"CreatedDate":1.668586960362E9,');
  });
});

describe('BatchGetSecretValue', () => {
  const batch = (input: object) => call('BatchGetSecretValue', input);

  it('E12 answers values and errors of single secrets', async () => {
    fixture.aws.faults.deny('secretsmanager:GetSecretValue', 'binary');

    expect(await batch({ SecretIdList: ['db', 'no', 'binary'] })).toEqual({
      SecretValues: [answeredSecret(stored())],
      Errors: [
        { SecretId: 'no', ErrorCode: 'ResourceNotFoundException', Message: expect.any(String) },
        { SecretId: 'binary', ErrorCode: 'AccessDeniedException', Message: expect.any(String) },
      ],
    });
  });

  it('E12 fails as a whole if the batch action is denied for one secret', async () => {
    fixture.aws.faults.deny('secretsmanager:BatchGetSecretValue', 'binary');

    expect(await batch({ SecretIdList: ['db', 'binary'] })).toMatchObject({
      __type: 'AccessDeniedException',
    });
    expect(await batch({ SecretIdList: ['db'] })).toMatchObject({ SecretValues: [{ Name: 'db' }] });
  });

  it('answers pages of filtered secrets, without those marked for deletion', async () => {
    const Filters = [{ Key: 'name', Values: ['b', 'd', 'g'] }];
    const page = await batch({ Filters, MaxResults: 1 });
    const { NextToken } = Object(page);

    expect(page).toMatchObject({ SecretValues: [{ Name: 'binary' }] });
    const last = await batch({ Filters, MaxResults: 1, NextToken });
    expect(last).toMatchObject({ SecretValues: [{ Name: 'db' }] });
    expect(last).not.toHaveProperty('NextToken');
    expect(await batch({ Filters, NextToken: 'nonsense' })).toMatchObject({
      __type: 'InvalidNextTokenException',
    });
  });

  it.each([
    [
      'E12 21 ids',
      { SecretIdList: Array.from({ length: 21 }, (_, index) => `s${index}`) },
      'ValidationException',
    ],
    ['neither ids nor filters', {}, 'InvalidParameterException'],
    [
      'ids and filters',
      { SecretIdList: ['db'], Filters: [{ Key: 'name', Values: ['db'] }] },
      'InvalidParameterException',
    ],
    ['ids and MaxResults', { SecretIdList: ['db'], MaxResults: 1 }, 'InvalidParameterException'],
  ])('rejects %s', async (_, input, type) => {
    expect(await batch(input)).toMatchObject({ __type: type });
  });
});

describe('the life of a secret', () => {
  const read = (input: object = {}) => call('GetSecretValue', { SecretId: 'w', ...input });
  const token = (digit: number) => UNKNOWN_VERSION.replace(/.$/, String(digit));

  beforeEach(async () => {
    fixture.aws.secrets.delete('w');
    await call('CreateSecret', { Name: 'w', SecretString: 'one', ClientRequestToken: token(1) });
  });

  it('moves the stages at a new value', async () => {
    expect(await call('CreateSecret', { Name: 'w', SecretString: 'x' })).toMatchObject({
      __type: 'ResourceExistsException',
    });
    expect(
      await call('PutSecretValue', { SecretId: 'w', SecretString: 'two', ClientRequestToken: token(2) }),
    ).toMatchObject({ Name: 'w', VersionId: token(2), VersionStages: ['AWSCURRENT'] });
    expect(await read()).toMatchObject({ SecretString: 'two' });
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toMatchObject({ VersionId: token(1) });

    await call('UpdateSecret', { SecretId: 'w', SecretBinary: 'AQ==', ClientRequestToken: token(3) });

    expect(await read()).toMatchObject({ SecretBinary: 'AQ==' });
    expect(await call('DescribeSecret', { SecretId: 'w' })).toMatchObject({
      VersionIdsToStages: { [token(3)]: ['AWSCURRENT'], [token(2)]: ['AWSPREVIOUS'] },
    });
  });

  it('repeats a write with the same token, and rejects another value for it', async () => {
    const write = (SecretString: string) =>
      call('PutSecretValue', { SecretId: 'w', SecretString, ClientRequestToken: token(1) });

    expect(await write('one')).toMatchObject({ VersionId: token(1) });
    expect(await write('other')).toMatchObject({ __type: 'ResourceExistsException' });
  });

  it('keeps a pending version apart, and answers an empty one as missing', async () => {
    await call('PutSecretValue', { SecretId: 'w', SecretString: 'next', VersionStages: ['AWSPENDING'] });
    expect(await read()).toMatchObject({ SecretString: 'one' });
    expect(await read({ VersionStage: 'AWSPENDING' })).toMatchObject({ SecretString: 'next' });

    fixture.aws.secrets.putPending('w');

    expect(await read({ VersionStage: 'AWSPENDING' })).toEqual(
      secretNotFound(' value for staging label: AWSPENDING'),
    );
  });

  it('rotates to a random value, or to the one that the test computes', async () => {
    await call('RotateSecret', { SecretId: 'w', ClientRequestToken: token(2) });
    expect(await read()).toMatchObject({
      VersionId: token(2),
      SecretString: expect.not.stringMatching(/^one$/),
    });

    fixture.aws.secrets.onRotate('w', (before) => ({ string: `after ${before?.string?.length}` }));
    await call('RotateSecret', { SecretId: 'w' });
    expect(await read()).toMatchObject({ SecretString: 'after 36' });

    const versionId = fixture.aws.secrets.rotate('w', { string: 'by hand' });
    expect(await read()).toMatchObject({ SecretString: 'by hand', VersionId: versionId });
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toMatchObject({ SecretString: 'after 36' });
  });

  it('moves a stage only from the version that the request names', async () => {
    await call('PutSecretValue', { SecretId: 'w', SecretString: 'two', ClientRequestToken: token(2) });
    const move = (RemoveFromVersionId?: string) =>
      call('UpdateSecretVersionStage', {
        SecretId: 'w',
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: token(1),
        RemoveFromVersionId,
      });

    expect(await move()).toMatchObject({ __type: 'InvalidParameterException' });
    expect(await move(token(2))).toMatchObject({ Name: 'w' });
    expect(await read()).toMatchObject({ SecretString: 'one' });
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toMatchObject({ SecretString: 'two' });
  });

  it('ends with a deletion that can be undone until its date', async () => {
    const list = async (input = {}) =>
      Object(await call('ListSecrets', { Filters: [{ Key: 'name', Values: ['w'] }], ...input })).SecretList
        .length;

    expect(await call('DeleteSecret', { SecretId: 'w', RecoveryWindowInDays: 7 })).toMatchObject({
      DeletionDate: STORED_AT_SECONDS + (7 * DAY_MS) / 1000,
    });
    expect(await read()).toMatchObject({ __type: 'InvalidRequestException' });
    expect([await list(), await list({ IncludePlannedDeletion: true })]).toEqual([0, 1]);
    await call('RestoreSecret', { SecretId: 'w' });
    expect(await read()).toMatchObject({ SecretString: 'one' });

    await call('DeleteSecret', { SecretId: 'w' });
    fixture.now += 30 * DAY_MS;

    expect(await read()).toEqual(secretNotFound('.'));
    fixture.now -= 30 * DAY_MS;
    await call('DeleteSecret', { SecretId: 'db', ForceDeleteWithoutRecovery: true });
    expect(await call('GetSecretValue', { SecretId: 'db' })).toEqual(secretNotFound('.'));
  });
});
