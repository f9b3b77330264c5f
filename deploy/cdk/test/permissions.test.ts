import { describe, expect, it } from '@jest/globals';
import { CfnParameter, Duration } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { CacheSettings } from '../dist/index.js';
import { CacheStack } from './cache-stack.ts';
import { DeployedFunction } from './deployed-function.ts';

const PARTITION = { Ref: 'AWS::Partition' };
const ACCOUNT = { Ref: 'AWS::AccountId' };

const arn = (table: string, ...end: readonly unknown[]) => ({
  'Fn::Join': [
    '',
    ['arn:', PARTITION, ':dynamodb:', { Ref: 'AWS::Region' }, ':', ACCOUNT, `:table/${table}`, ...end],
  ],
});

const arnAbroad = (table: string, region: string) => ({
  'Fn::Join': ['', ['arn:', PARTITION, `:dynamodb:${region}:`, ACCOUNT, `:table/${table}`]],
});

const arnOf = (service: string, resource: string) => ({
  'Fn::Join': ['', ['arn:', PARTITION, `:${service}:`, { Ref: 'AWS::Region' }, ':', ACCOUNT, `:${resource}`]],
});

const allowing = (action: string, ...resources: readonly unknown[]) => ({
  Effect: 'Allow',
  Action: action.includes(':') ? action : `dynamodb:${action}`,
  Resource: resources.length === 1 ? resources[0] : resources,
});

const statementsFor = (cacheYaml: string, settings: CacheSettings = {}) => {
  const world = new CacheStack(cacheYaml);
  world.addCache({ settings }).attachTo(world.addFunction());
  return new DeployedFunction(world.template).statements;
};

const NO_STALE: CacheSettings = { staleIfError: Duration.millis(0) };
const THINGS = 'dynamodb:\n  - table: Things\n    hashKey: id\n';

describe('the permissions of a function', () => {
  it('are to get items where nothing else is done', () => {
    expect(statementsFor(THINGS, NO_STALE)).toEqual([allowing('GetItem', arn('Things'))]);
  });

  it('are to get batches where stale items may be refreshed', () => {
    expect(statementsFor(THINGS)).toEqual([
      allowing('GetItem', arn('Things')),
      allowing('BatchGetItem', arn('Things')),
    ]);
  });

  it('are to read all configurations that have no ids', () => {
    const of = (ids: string) => arnOf('appconfig', ids);
    const any = of('application/*/environment/*/configuration/*');

    expect(
      statementsFor('appConfig:\n  - { application: shop, environment: prod, profile: flags }\n'),
    ).toEqual([
      allowing('appconfig:StartConfigurationSession', any),
      allowing('appconfig:GetLatestConfiguration', any),
    ]);
  });

  it('are to scan exactly the tables that are preloaded as a whole', () => {
    const listed = '  - table: Listed\n    hashKey: id\n    keys:\n      - { hash: a }\n';

    expect(statementsFor(THINGS + listed, { ...NO_STALE, initStartup: true })).toEqual([
      allowing('GetItem', arn('Listed'), arn('Things')),
      allowing('BatchGetItem', arn('Listed')),
      allowing('Scan', arn('Things')),
    ]);
  });

  it('are to read exactly the parameters and secrets of the file, in batches where they are used', () => {
    const values = 'parameters:\n  - names: [/a, /b]\nsecrets:\n  - id: prod/db\n';

    expect(statementsFor(values, { ...NO_STALE, initStartup: true })).toEqual([
      allowing('ssm:GetParameter', arnOf('ssm', 'parameter/a'), arnOf('ssm', 'parameter/b')),
      allowing('ssm:GetParameters', arnOf('ssm', 'parameter/a'), arnOf('ssm', 'parameter/b')),
      allowing('secretsmanager:GetSecretValue', arnOf('secretsmanager', 'secret:prod/db-??????')),
    ]);
  });

  it('are for the region of the table', () => {
    const abroad = 'dynamodb:\n  - table: Things\n    hashKey: id\n    region: us-east-1\n';

    expect(statementsFor(abroad, NO_STALE)).toEqual([allowing('GetItem', arnAbroad('Things', 'us-east-1'))]);
  });

  it('are for the tables and parameters that variables name, whether they are known or not', () => {
    const world = new CacheStack(
      'dynamodb:\n  - table: ${THINGS}\n    hashKey: id\n  - table: ${OTHERS}\n    hashKey: id\nparameters:\n  - name: /${STAGE}/a\n',
    );
    const { tableName } = new Table(world.stack, 'Table', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
    });
    const fn = world.addFunction();
    const variables = { THINGS: tableName, OTHERS: 'Others', STAGE: 'prod' };

    world.addCache({ variables, settings: NO_STALE }).attachTo(fn);

    const { statements, environment } = new DeployedFunction(world.template);
    const name = world.stack.resolve(tableName);
    expect(statements).toEqual([
      allowing('GetItem', arn('Others'), arn('', name)),
      allowing('ssm:GetParameter', arnOf('ssm', 'parameter/prod/a')),
    ]);
    expect(environment).toMatchObject({ THINGS: name, OTHERS: 'Others', STAGE: 'prod' });
  });
});

describe('a role of another account', () => {
  const READER = 'arn:aws:iam::111122223333:role/reader';
  const THEIRS = 'arn:aws:dynamodb:us-east-1:444455556666:table/Things';
  const FILE = `dynamodb:
  - { table: "${THEIRS}", hashKey: id }
  - { table: Things, hashKey: id, roleArn: "${READER}", externalId: shop, region: us-east-1 }
`;

  it('may be assumed by the function, which reads tables without a role by their ARN', () => {
    expect(statementsFor(FILE, NO_STALE)).toEqual([
      allowing('GetItem', THEIRS),
      allowing('sts:AssumeRole', READER),
    ]);
  });

  it('is granted its permissions and its trust', () => {
    const world = new CacheStack(FILE);
    const fn = world.addFunction();
    const role = new Role(world.stack, 'Reader', { assumedBy: new AccountPrincipal('111122223333') });
    world.addCache({ settings: NO_STALE }).attachTo(fn).grant(role, fn, READER);

    world.template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: [allowing('GetItem', 'arn:aws:dynamodb:us-east-1:111122223333:table/Things')],
      },
      Roles: [{ Ref: Match.stringLikeRegexp('^Reader') }],
    });
    world.template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'sts:ExternalId': ['shop'] } },
          }),
        ]),
      },
    });
  });

  it('is granted the tables that variables name, also if their names are known at deployment only', () => {
    const world = new CacheStack(FILE.replace('table: Things', 'table: "${THINGS}"'));
    const fn = world.addFunction();
    const role = new Role(world.stack, 'Reader', { assumedBy: new AccountPrincipal('111122223333') });
    const things = new CfnParameter(world.stack, 'Things').valueAsString;
    const variables = { THINGS: things };
    world.addCache({ variables, settings: NO_STALE }).attachTo(fn).grant(role, fn, READER);

    const table = ['arn:aws:dynamodb:us-east-1:111122223333:table/', { Ref: 'Things' }];
    world.template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [allowing('GetItem', { 'Fn::Join': ['', table] })] },
      Roles: [{ Ref: Match.stringLikeRegexp('^Reader') }],
    });
  });

  it('is refused if the file has another ARN', () => {
    const world = new CacheStack(FILE);
    const fn = world.addFunction();
    const role = new Role(world.stack, 'Reader', { assumedBy: new AccountPrincipal('111122223333') });
    const cache = world.addCache().attachTo(fn);

    expect(() => cache.grant(role, fn)).toThrow('give the ARN that the file has');
    expect(() => cache.grant(role, fn, READER.replace('1111', '2222'))).toThrow('no entry of the file');
  });
});
