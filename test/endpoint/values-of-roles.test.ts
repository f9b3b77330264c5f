import { BatchGetSecretValueCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, GetParametersByPathCommand, GetParametersCommand } from '@aws-sdk/client-ssm';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ValuesUnderTest } from '../support/endpoint/values-under-test.ts';
import { exchange } from '../support/http/exchange.ts';

const OWN = '123456789012';
const THEIRS = '444455556666';
const TOKEN = 'token';
const role = { roleArn: `arn:aws:iam::${THEIRS}:role/reader` };
const parameterArn = (account: string, name: string) => `arn:aws:ssm:eu-west-1:${account}:parameter${name}`;
/** Without the suffix that Secrets Manager adds, which requests may omit. */
const partialArn = (account: string, name: string) =>
  `arn:aws:secretsmanager:eu-west-1:${account}:secret:${name}`;

const PARAMETERS = ['/shop/own', '/shop/role', '/role/a', '/shop/both'];
const SECRETS = ['own', 'role', 'both'];

let stage: ValuesUnderTest;

/** Each name exists in both accounts, with the account as its value. */
const start = async (settings: Parameters<typeof ValuesUnderTest.start>[0] = {}) => {
  const started = await ValuesUnderTest.start(settings);
  started.aws.roles.put(role.roleArn);
  for (const [account, value] of [
    [started.aws, 'ours'],
    [started.aws.account(THEIRS), 'theirs'],
  ] as const) {
    for (const name of PARAMETERS) account.parameters.put(name, { value });
    for (const name of SECRETS) account.secrets.put(name, { string: value });
  }
  return started;
};

/** The suffix of an ARN of a secret depends on the name only, so that a first emulator tells it. */
let fullArn: string;
beforeAll(async () => {
  const first = await start();
  fullArn = first.aws.account(THEIRS).secrets.arnOf('both');
  await first.close();
});

beforeEach(async () => {
  stage = await start({
    secretTokens: [TOKEN],
    sections: {
      parameters: [
        { name: '/shop/own' },
        { name: '/shop/both' },
        { name: '/shop/role', ...role },
        { path: '/role', ...role },
        { name: parameterArn(THEIRS, '/shop/both'), ...role },
      ],
      secrets: [{ id: 'own' }, { id: 'both' }, { id: 'role', ...role }, { id: fullArn, ...role }],
    },
  });
  // The cache holds the values of the role before an SDK asks.
  for (const [path, value] of routes()) expect(await read(path)).toBe(value);
});

afterEach(() => stage.close());

/** Requests on the own routes name entries of `cache.yaml`. */
const routes = () =>
  [
    ['/parameters?name=/shop/role', 'theirs'],
    ['/parameters?name=/role/a', 'theirs'],
    [`/parameters?name=${encodeURIComponent(parameterArn(THEIRS, '/shop/both'))}`, 'theirs'],
    ['/parameters?name=/shop/both', 'ours'],
    ['/secrets?id=role', 'theirs'],
    [`/secrets?id=${encodeURIComponent(fullArn)}`, 'theirs'],
    ['/secrets?id=both', 'ours'],
  ] as const;

const read = async (path: string): Promise<string> => {
  const headers = { 'X-Aws-Parameters-Secrets-Token': TOKEN };
  return (await exchange(stage.url, { path, headers })).body.toString();
};

const parameter = async (Name: string) =>
  (await stage.ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value;
const parameters = async (...Names: string[]) => {
  const { Parameters = [] } = await stage.ssm.send(new GetParametersCommand({ Names }));
  return Object.fromEntries(Parameters.map(({ ARN, Value }) => [ARN, Value]));
};
const secret = async (SecretId: string, more: { VersionStage?: string } = {}) =>
  (await stage.secrets.send(new GetSecretValueCommand({ SecretId, ...more }))).SecretString;

describe('a request of an SDK for a parameter', () => {
  it.each([
    ['the name of an own entry', '/shop/own', 'ours'],
    ['the name of an entry with a role', '/shop/role', 'ours'],
    ['that name with a version', '/shop/role:1', 'ours'],
    ['a name below the path of an entry with a role', '/role/a', 'ours'],
    ['a name that the other account has as well', '/shop/both', 'ours'],
    ['an ARN of the own account', parameterArn(OWN, '/shop/role'), 'ours'],
    ['an ARN of the own account below the path of a role', parameterArn(OWN, '/role/a'), 'ours'],
    ['the ARN of an entry with a role', parameterArn(THEIRS, '/shop/both'), 'theirs'],
  ])('by %s is answered by the account that it means', async (_, name, value) => {
    for (const _attempt of [1, 2]) expect(await parameter(name)).toBe(value);
    // What SDKs read has not become the value of the entry.
    for (const [path, unchanged] of routes()) expect(await read(path)).toBe(unchanged);
  });

  it.each([
    ['which only a name with the role means', parameterArn(THEIRS, '/shop/role')],
    ['which only a path with the role contains', parameterArn(THEIRS, '/role/a')],
    ['of another region', parameterArn(THEIRS, '/shop/both').replace('eu-west-1', 'us-east-1')],
  ])('by an ARN of the other account %s is left to AWS, as the function itself', async (_, name) => {
    await expect(parameter(name)).rejects.toThrow();
    expect(stage.aws.calls.all.at(-1)).toMatchObject({ accessKeyId: 'test', input: { Name: name } });
  });

  it('together with others gets each from its account', async () => {
    const [mine, both] = [parameterArn(OWN, '/shop/role'), parameterArn(OWN, '/shop/both')];
    const theirs = parameterArn(THEIRS, '/shop/both');
    for (const _attempt of [1, 2]) {
      expect(await parameters('/shop/role', '/shop/both')).toEqual({ [mine]: 'ours', [both]: 'ours' });
      expect(await parameters(theirs, '/shop/both')).toEqual({ [theirs]: 'theirs', [both]: 'ours' });
    }
  });

  it('by a path with a role gets the parameters of the own account', async () => {
    const page = new GetParametersByPathCommand({ Path: '/role' });
    for (const _attempt of [1, 2]) {
      const { Parameters = [] } = await stage.ssm.send(page);
      expect(Parameters.map(({ Value }) => Value)).toEqual(['ours']);
    }
  });
});

describe('a request of an SDK for a secret', () => {
  it.each([
    ['the id of an own entry', 'own', 'ours'],
    ['the id of an entry with a role', 'role', 'ours'],
    ['an id that the other account has as well', 'both', 'ours'],
    ['a partial ARN of the own account', partialArn(OWN, 'role'), 'ours'],
  ])('by %s is answered by the account that it means', async (_, id, value) => {
    for (const _attempt of [1, 2]) expect(await secret(id)).toBe(value);
    expect(await secret(id, { VersionStage: 'AWSCURRENT' })).toBe(value);
    for (const [path, unchanged] of routes()) expect(await read(path)).toBe(unchanged);
  });

  it('by the ARN of an entry with a role is answered by its account', async () => {
    for (const _attempt of [1, 2]) expect(await secret(fullArn)).toBe('theirs');
    expect(await secret('both')).toBe('ours');
  });

  it.each(['role', 'both'])(
    'by a partial ARN of %s in the other account is left to AWS, as the function itself',
    async (name) => {
      const id = partialArn(THEIRS, name);
      await expect(secret(id)).rejects.toThrow();
      expect(stage.aws.calls.all.at(-1)).toMatchObject({ accessKeyId: 'test', input: { SecretId: id } });
    },
  );

  it('together with others gets each from its account', async () => {
    const batch = async (...SecretIdList: string[]) => {
      const { SecretValues = [] } = await stage.secrets.send(
        new BatchGetSecretValueCommand({ SecretIdList }),
      );
      return SecretValues.map(({ Name, SecretString }) => [Name, SecretString]).toSorted();
    };
    for (const _attempt of [1, 2]) {
      expect(await batch('role', 'both')).toEqual([
        ['both', 'ours'],
        ['role', 'ours'],
      ]);
      expect(await batch(fullArn, 'both')).toEqual([
        ['both', 'ours'],
        ['both', 'theirs'],
      ]);
    }
  });
});
