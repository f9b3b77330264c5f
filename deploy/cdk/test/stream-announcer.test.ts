import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { AttributeType, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { VARIABLES } from 'dynamodb-cache-extension/adapters/config';
import { StreamAnnouncer, type StreamAnnouncerProps } from '../dist/index.js';
import { CacheStack } from './cache-stack.ts';
import { DeployedFunction } from './deployed-function.ts';

const worldWith = (given: Partial<StreamAnnouncerProps> = {}, stream = true) => {
  const world = new CacheStack();
  const { stack } = world;
  const table = new Table(stack, 'Things', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.NUMBER },
    ...(stream ? { stream: StreamViewType.KEYS_ONLY } : {}),
  });
  const journal = Table.fromTableName(stack, 'Journal', 'my-journal');
  const props = { table, hashKey: 'pk', journal, ...given };
  new StreamAnnouncer(stack, 'Announcer', props);
  return world;
};

const tableArn = { 'Fn::GetAtt': [expect.stringMatching(/^Things/), 'Arn'] };
const streamArn = { 'Fn::GetAtt': [expect.stringMatching(/^Things/), 'StreamArn'] };

describe('the construct that announces the changes of a table', () => {
  it('has the built function, with the settings that it reads', () => {
    const world = worldWith({ sortKey: 'sk', journalPages: 8 });
    const fn = new DeployedFunction(world.template, 'Announcer');

    expect(fn.environment).toEqual({
      [VARIABLES.journalTable]: 'my-journal',
      [VARIABLES.journalPages]: '8',
      TABLE_KEYS: 'pk,sk',
    });
    world.template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Layers: Match.absent(),
    });
  });

  it('names the hash key only for a table without a sort key', () => {
    const world = worldWith();

    expect(new DeployedFunction(world.template, 'Announcer').environment.TABLE_KEYS).toBe('pk');
  });

  it('may read the stream and the key of the table, announce, and nothing else', () => {
    const world = worldWith();
    const { statements } = new DeployedFunction(world.template, 'Announcer');
    const allowed = statements.map(({ Action, Resource }) => [Action, Resource]);

    expect(allowed).toEqual([
      [
        'dynamodb:UpdateItem',
        { 'Fn::Join': ['', expect.arrayContaining([expect.stringMatching(/:table\/my-journal$/)])] },
      ],
      ['dynamodb:DescribeTable', tableArn],
      ['dynamodb:ListStreams', '*'],
      [['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], streamArn],
    ]);
  });

  it('reads the stream from its start, in large batches that Lambda repeats from the first failure', () => {
    const world = worldWith();

    world.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1000,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: Match.absent(),
      DestinationConfig: Match.absent(),
    });
  });

  it('gives a batch up after the given attempts, and reports it', () => {
    const queueArn = 'arn:aws:sqs:eu-west-1:123456789012:dead';
    const onFailure = { bind: () => ({ destination: queueArn }) };
    const world = worldWith({ retryAttempts: 5, onFailure });

    world.template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      MaximumRetryAttempts: 5,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    });
  });

  it('fails for a table without a stream', () => {
    expect(() => worldWith({}, false)).toThrow(
      'table: it has no stream; set stream: StreamViewType.KEYS_ONLY of the table',
    );
  });

  it.each([
    [{ hashKey: undefined }, 'hashKey: takes the name of a key attribute; given undefined'],
    [{ sortKey: 1 }, 'sortKey: takes the name of a key attribute; given 1'],
    [{ journal: 'my-journal' }, 'journal: takes a table; given "my-journal"'],
    [{ tabel: {} }, 'tabel: unknown property; did you mean table?'],
    [{ onFailure: 'queue' }, 'onFailure: takes a destination such as SqsDlq; given "queue"'],
    [{ retryAttempts: '5' }, 'retryAttempts: takes a number; given "5"'],
  ])('refuses wrong properties: %j', (props, message) => {
    expect(() => worldWith(props as never)).toThrow(message);
  });
});
