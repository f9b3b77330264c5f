import { describe, expect, it } from '@jest/globals';
import { CfnParameter, Duration } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import { CacheStack } from './cache-stack.ts';
import { DeployedFunction } from './deployed-function.ts';

const COHERENT = 'dynamodb:\n  - { table: Things, hashKey: id, staleIfError: 0s, coherence: invocation }\n';
const THINGS = 'dynamodb:\n  - { table: Things, hashKey: id, staleIfError: 0s }\n';

const journalArn = (name: unknown) => ({
  'Fn::Join': [
    '',
    [
      'arn:',
      { Ref: 'AWS::Partition' },
      ':dynamodb:',
      { Ref: 'AWS::Region' },
      ':',
      { Ref: 'AWS::AccountId' },
      ...(typeof name === 'string' ? [`:table/${name}`] : [':table/', name]),
    ],
  ],
});

const deployed = (world: CacheStack) => {
  const fn = new DeployedFunction(world.template);
  return {
    name: fn.environment[VARIABLES.journalTable],
    journalStatements: fn.statements.slice(1).map(({ Action, Resource }) => [Action, Resource]),
  };
};

const statementsOn = (name: unknown) => [
  ['dynamodb:Query', journalArn(name)],
  ['dynamodb:UpdateItem', journalArn(name)],
];

describe('the journal of a construct', () => {
  it('is created on demand, with its key, its variable and exactly its permissions', () => {
    const world = new CacheStack(COHERENT);
    const cache = world.addCache({ journal: true }).attachTo(world.addFunction());
    const { template } = world;
    const [[id = '', table] = []] = Object.entries(template.findResources('AWS::DynamoDB::Table'));

    expect(table).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'table', KeyType: 'HASH' },
          { AttributeName: 'page', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'table', AttributeType: 'S' },
          { AttributeName: 'page', AttributeType: 'N' },
        ],
      },
    });
    expect(cache.journal?.tableName).toBeDefined();
    expect(deployed(world)).toEqual({ name: { Ref: id }, journalStatements: statementsOn({ Ref: id }) });
  });

  it('serves parameters and secrets without a table in cache.yaml', () => {
    const world = new CacheStack('secrets: { coherence: invocation }\n');
    world.addCache({ journal: true }).attachTo(world.addFunction());
    const actions = new DeployedFunction(world.template).statements.map(({ Action }) => Action);

    expect(actions).toEqual(expect.arrayContaining(['dynamodb:Query', 'dynamodb:UpdateItem']));
  });

  it('may be an existing table', () => {
    const world = new CacheStack(COHERENT);
    const journal = Table.fromTableName(world.stack, 'Existing', 'my-journal');
    world.addCache({ journal }).attachTo(world.addFunction());

    expect(world.template.findResources('AWS::DynamoDB::Table')).toEqual({});
    expect(deployed(world)).toEqual({ name: 'my-journal', journalStatements: statementsOn('my-journal') });
  });

  it('may be named by the setting, also by a parameter', () => {
    const world = new CacheStack(COHERENT);
    const journalTable = new CfnParameter(world.stack, 'JournalTable').valueAsString;
    world.addCache({ settings: { journalTable } }).attachTo(world.addFunction());

    expect(deployed(world).journalStatements).toEqual(statementsOn({ Ref: 'JournalTable' }));
  });

  it('needs no permissions if no table is coherent with other environments', () => {
    const world = new CacheStack(THINGS);
    world.addCache({ journal: true }).attachTo(world.addFunction());

    expect(deployed(world).journalStatements).toEqual([]);
  });

  it('needs permissions if the setting makes all tables coherent', () => {
    const world = new CacheStack(THINGS);
    world
      .addCache({ settings: { coherence: '1s', journalTable: 'my-journal' } })
      .attachTo(world.addFunction());

    expect(deployed(world).journalStatements).toEqual(statementsOn('my-journal'));
  });

  it.each([{}, { journal: false }])('is missing for a coherent table with the properties %j', (props) => {
    const world = new CacheStack(COHERENT);

    expect(() => world.addCache(props)).toThrow(
      /coherence is "invocation", but CACHE_EXTENSION_JOURNAL_TABLE names no table/,
    );
  });

  it('cannot be given twice', () => {
    const world = new CacheStack(COHERENT);

    expect(() => world.addCache({ journal: true, settings: { journalTable: 'abc' } })).toThrow(
      'journal and settings.journalTable are both given; allowed: one of them',
    );
  });

  it.each([
    ['my-journal', 'journal: takes true or false, or a table; given "my-journal"'],
    [Duration.seconds(1), 'journal: takes true or false, or a table; given an instance of Duration'],
  ])('is not of another type: %s', (journal, message) => {
    expect(() => new CacheStack().addCache({ journal } as never)).toThrow(message);
  });

  it('cannot be a table of cache.yaml', () => {
    const world = new CacheStack('dynamodb:\n  - { table: my-journal, hashKey: table }\n');

    expect(() => world.addCache({ settings: { journalTable: 'my-journal' } })).toThrow(
      /table is "my-journal", the journal table of CACHE_EXTENSION_JOURNAL_TABLE/,
    );
  });
});
