import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AwsFixture, startAwsFixture } from '../../support/aws-emulator/fixture.ts';

const ARN = 'arn:aws:ssm:eu-west-1:123456789012:parameter';
let fixture: AwsFixture;

beforeEach(async () => {
  fixture = await startAwsFixture();
  fixture.aws.parameters.put('/a/x', { value: 'v' });
  fixture.aws.parameters.put('/b/secure', { value: 'clear', type: 'SecureString', keyId: 'alias/own' });
});
afterEach(() => fixture.aws.close());

const read = (Name = '/a/x', rest: object = {}) =>
  fixture.client.ssm('GetParameter', { Name, ...rest }).then(({ json }) => json);
const OK = { Parameter: expect.anything() };
const THROTTLED = { __type: 'ThrottlingException', message: 'Rate exceeded' };
const denied = (action: string, arn: string) => ({
  __type: 'AccessDeniedException',
  Message: `User: arn:aws:sts::123456789012:assumed-role/emulated/emulated is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
});

describe('deny', () => {
  it.each([
    ['ssm:GetParameter', undefined],
    ['ssm:*', undefined],
    ['ssm:GetParameter', '/a/x'],
    ['ssm:GetParameter', `${ARN}/a/*`],
  ])('E13 denies %s on %s until it is undone', async (action, resource) => {
    const undo = fixture.aws.faults.deny(action, resource);

    expect(await read()).toEqual(denied('ssm:GetParameter', `${ARN}/a/x`));
    undo();
    expect(await read()).toEqual(OK);
  });

  it('leaves other actions and resources alone', async () => {
    const { faults } = fixture.aws;
    faults.deny('ssm:GetParameters');
    faults.deny('ssm:GetParameter', '/a');
    faults.deny('secretsmanager:*');

    expect(await read()).toEqual(OK);
  });

  it('hides whether a denied name exists', async () => {
    fixture.aws.faults.deny('ssm:GetParameter', '/no');

    expect(await read('/no')).toEqual(denied('ssm:GetParameter', `${ARN}/no`));
  });

  it('fails a whole batch for one name, but a tree only for its path', async () => {
    const { faults } = fixture.aws;
    faults.deny('ssm:GetParameters', '/b/secure');
    faults.deny('ssm:GetParametersByPath', '/b');
    const call = async (operation: string, input: object) =>
      (await fixture.client.ssm(operation, input)).json;

    expect(await call('GetParameters', { Names: ['/a/x', '/b/secure'] })).toEqual(
      denied('ssm:GetParameters', `${ARN}/b/secure`),
    );
    expect(await call('GetParametersByPath', { Path: '/b' })).toEqual(
      denied('ssm:GetParametersByPath', `${ARN}/b`),
    );
    expect(await call('GetParametersByPath', { Path: '/', Recursive: true })).toMatchObject({
      Parameters: [{ Name: '/a/x' }, { Name: '/b/secure' }],
    });
  });

  it('denies the key of a SecureString only for decryption', async () => {
    fixture.aws.faults.deny('kms:Decrypt', 'alias/own');

    expect(await read('/b/secure')).toEqual(OK);
    expect(await read('/b/secure', { WithDecryption: true })).toMatchObject({
      __type: 'AccessDeniedException',
    });
  });
});

describe('throttle', () => {
  it('E13 throttles all calls of an action', async () => {
    fixture.aws.faults.throttle('ssm:GetParameter');

    expect(await read()).toEqual(THROTTLED);
  });

  it('throttles calls beyond a number in each second', async () => {
    fixture.aws.faults.throttle(2);

    expect([await read(), await read(), await read()]).toEqual([OK, OK, THROTTLED]);
    fixture.now += 1_000;
    expect([await read(), await read(), await read()]).toEqual([OK, OK, THROTTLED]);
  });

  it('counts only the action that it is for', async () => {
    fixture.aws.faults.throttle(1, 'secretsmanager:*');

    expect([await read(), await read()]).toEqual([OK, OK]);
  });
});

describe('failNext', () => {
  it('fails as many calls as it is told, each with its error', async () => {
    const { faults } = fixture.aws;
    faults.failNext(2, { type: 'InternalServerError' }, 'ssm:GetParameter');
    faults.failNext(1, { type: 'ThrottlingException', message: 'slow', member: 'Message' });

    const answers = [await read(), await read(), await read(), await read()];

    expect(answers).toEqual([
      { __type: 'InternalServerError' },
      { __type: 'InternalServerError' },
      { __type: 'ThrottlingException', Message: 'slow' },
      OK,
    ]);
  });

  it.each([
    [{ type: 'InternalServerError' }, 500, '{"__type":"InternalServerError"}'],
    [{ type: 'ServiceUnavailable', status: 503 }, 503, '{"__type":"ServiceUnavailable"}'],
    [{ status: 502 }, 502, 'unavailable'],
  ])('answers %j', async (failure, status, body) => {
    fixture.aws.faults.failNext(1, failure);
    const answer = await fixture.client.ssm('GetParameter', { Name: '/a/x' });

    expect([answer.status, answer.body]).toEqual([status, body]);
  });
});

describe('cutNext', () => {
  it.each([undefined, 'within-answer'] as const)('cuts the connection once: %s', async (when) => {
    fixture.aws.faults.cutNext(1, when);

    await expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await read()).toEqual(OK);
  });
});

describe('delay', () => {
  it('holds calls of its action until it is released', async () => {
    const delay = fixture.aws.faults.delay('ssm:GetParameter');
    const held = [read(), read()];
    await delay.arrived(2);

    expect(delay.waiting).toBe(2);
    expect(fixture.aws.calls.of('GetParameter')).toHaveLength(2);
    expect((await fixture.client.ssm('GetParameters', { Names: ['/a/x'] })).status).toBe(200);
    delay.release();
    expect(await Promise.all(held)).toEqual([OK, OK]);
    expect(await read()).toEqual(OK);
  });

  it('reads the value when it is released', async () => {
    const delay = fixture.aws.faults.delay();
    const held = read();
    await delay.arrived(1);
    fixture.aws.parameters.put('/a/x', { value: 'later' });
    fixture.aws.faults.clear();

    expect(await held).toMatchObject({ Parameter: { Value: 'later' } });
  });

  it('does not keep the emulator from closing', async () => {
    const delay = fixture.aws.faults.delay();
    const held = expect(read()).rejects.toMatchObject({ code: 'ECONNRESET' });
    await delay.arrived(1);

    await fixture.aws.close();

    await held;
  });
});
