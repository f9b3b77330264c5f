import { describe, expect, it } from '@jest/globals';
import { valueStatements } from '../../../src/application/named-values/value-statements.ts';

const HERE = { region: 'eu-west-1', account: '123456789012' };
const SSM = 'arn:aws:ssm:eu-west-1:123456789012:parameter';
const SECRETS = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret';

/** Without stale windows, nothing is refreshed in the background. */
const LIFETIMES = { ttlMs: 1, negativeTtlMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
const STALE = { ...LIFETIMES, staleIfErrorMs: 1 };

const names = (...listed: readonly string[]) => ({ names: listed, preload: true, lifetimes: LIFETIMES });
const path = (listed: string) => ({ names: [], path: listed, preload: true, lifetimes: LIFETIMES });
const ids = (...listed: readonly string[]) => ({ ids: listed, preload: true, lifetimes: LIFETIMES });

/** Action and resources of each statement. */
const permissions = (...args: Parameters<typeof valueStatements>) =>
  valueStatements(...args).map(({ Action, Resource }) => [...Action, ...Resource]);

describe('valueStatements', () => {
  it('allows nothing for no values', () => {
    expect(valueStatements({}, { ...HERE, kmsKeys: ['arn:aws:kms:eu-west-1:123456789012:key/a'] })).toEqual(
      [],
    );
  });

  it('names the actions, and the ARN of each value once', () => {
    const parameters = [names('/shop/host', 'port'), { ...names('/shop/host:3'), region: 'us-east-1' }];
    const secrets = [ids('prod/db', 'prod/db')];

    expect(valueStatements({ parameters, secrets }, HERE)).toEqual([
      {
        Sid: 'ReadParameters',
        Effect: 'Allow',
        Action: ['ssm:GetParameter'],
        Resource: [
          `${SSM}/port`,
          `${SSM}/shop/host`,
          'arn:aws:ssm:us-east-1:123456789012:parameter/shop/host',
        ],
      },
      {
        Sid: 'ReadParameterBatches',
        Effect: 'Allow',
        Action: ['ssm:GetParameters'],
        Resource: [`${SSM}/port`, `${SSM}/shop/host`],
      },
      {
        Sid: 'ReadSecrets',
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue'],
        Resource: [`${SECRETS}:prod/db-??????`],
      },
      {
        Sid: 'ReadSecretBatches',
        Effect: 'Allow',
        Action: ['secretsmanager:BatchGetSecretValue'],
        Resource: ['*'],
      },
    ]);
  });

  it('gives each statement an id of its own, of letters and digits only, as IAM requires', () => {
    const parameters = [path('/shop'), names('/a', '/b')];
    const kmsKeys = ['arn:aws:kms:eu-west-1:123456789012:key/a'];
    const statements = valueStatements({ parameters, secrets: [ids('a', 'b')] }, { ...HERE, kmsKeys });

    expect(new Set(statements.map(({ Sid }) => Sid))).toHaveProperty('size', 6);
    for (const { Sid } of statements) expect(Sid).toMatch(/^[A-Za-z0-9]+$/);
  });

  it('allows a path to be preloaded, and its parameters to be read one by one', () => {
    expect(permissions({ parameters: [path('/shop/prod')] }, HERE)).toEqual([
      ['ssm:GetParameter', `${SSM}/shop/prod/*`],
      ['ssm:GetParametersByPath', `${SSM}/shop/prod`],
    ]);
    expect(permissions({ parameters: [path('/')] }, HERE)).toEqual([
      ['ssm:GetParameter', `${SSM}/*`],
      ['ssm:GetParametersByPath', `${SSM}/`],
    ]);
  });

  it.each([
    ['one value is preloaded', names('/a'), ids('a'), {}, []],
    ['several values are preloaded', names('/a', '/b'), ids('a', 'b'), {}, ['batches']],
    ['the preload is disabled', names('/a', '/b'), ids('a', 'b'), { preloads: false }, []],
    [
      'their entries disable it',
      { ...names('/a', '/b'), preload: false },
      { ...ids('a', 'b'), preload: false },
      {},
      [],
    ],
    [
      'they have no lifetime',
      { ...names('/a', '/b'), lifetimes: { ...LIFETIMES, ttlMs: 0 } },
      { ...ids('a', 'b'), lifetimes: { ...LIFETIMES, ttlMs: 0 } },
      {},
      [],
    ],
    [
      'stale values are refreshed',
      { ...names('/a'), lifetimes: STALE },
      { ...ids('a'), lifetimes: STALE },
      { preloads: false },
      ['batches'],
    ],
  ])('if %s, allows batches only where they are used', (_, parameters, secrets, given, batches) => {
    const actions = valueStatements({ parameters: [parameters], secrets: [secrets] }, given).flatMap(
      ({ Action }) => Action,
    );

    expect(actions).toEqual(
      batches.length === 0
        ? ['ssm:GetParameter', 'secretsmanager:GetSecretValue']
        : [
            'ssm:GetParameter',
            'ssm:GetParameters',
            'secretsmanager:GetSecretValue',
            'secretsmanager:BatchGetSecretValue',
          ],
    );
  });

  it('does not allow a path to be preloaded if the preload is disabled', () => {
    expect(permissions({ parameters: [path('/shop')] }, { ...HERE, preloads: false })).toEqual([
      ['ssm:GetParameter', `${SSM}/shop/*`],
    ]);
  });

  it.each([
    ['arn:aws:ssm:us-east-1:210987654321:parameter/a:3', 'arn:aws:ssm:us-east-1:210987654321:parameter/a'],
    ['/aws/service/ami/latest', 'arn:aws:ssm:eu-west-1::parameter/aws/service/ami/latest'],
  ])('finds the ARN of the parameter %s', (name, arn) => {
    expect(permissions({ parameters: [names(name)] }, HERE)).toEqual([['ssm:GetParameter', arn]]);
  });

  it('allows the secret that a parameter refers to', () => {
    const name = '/aws/reference/secretsmanager/prod/db:AWSPREVIOUS';

    expect(permissions({ parameters: [names(name)] }, HERE)).toEqual([
      ['ssm:GetParameter', `${SSM}/aws/reference/secretsmanager/prod/db`],
      ['secretsmanager:GetSecretValue', `${SECRETS}:prod/db-??????`],
    ]);
  });

  it.each([
    ['the whole ARN', `${SECRETS}:prod/db-a1B2c3`, `${SECRETS}:prod/db-a1B2c3`],
    ['an ARN without the random characters', `${SECRETS}:prod/db`, `${SECRETS}:prod/db-??????`],
    ['such an ARN with a hyphen', `${SECRETS}:db-password`, `${SECRETS}:db-password-??????`],
  ])('finds the resource for %s of a secret', (_, id, arn) => {
    expect(permissions({ secrets: [ids(id)] }, HERE)).toEqual([['secretsmanager:GetSecretValue', arn]]);
  });

  it.each([
    ['parameters', { parameters: [names('/a')] }, ['ssm.*']],
    ['secrets', { secrets: [ids('a')] }, ['secretsmanager.*']],
    ['both', { parameters: [names('/a')], secrets: [ids('a')] }, ['ssm.*', 'secretsmanager.*']],
    [
      'both, of which Parameter Store calls the other one',
      { parameters: [names('/aws/reference/secretsmanager/a')] },
      ['ssm.*', 'secretsmanager.*'],
    ],
  ])('allows the given keys to be used through the services of %s only', (_, values, services) => {
    const key = 'arn:aws:kms:eu-west-1:123456789012:key/a';

    expect(valueStatements(values, { ...HERE, kmsKeys: [key] }).at(-1)).toEqual({
      Sid: 'DecryptValues',
      Effect: 'Allow',
      Action: ['kms:Decrypt'],
      Resource: [key],
      Condition: { StringLike: { 'kms:ViaService': services } },
    });
  });
});
