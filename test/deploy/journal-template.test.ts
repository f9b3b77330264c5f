import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readStreamSettings } from '../../src/adapters/config/environment/stream-settings.ts';
import { JOURNAL_KEY } from '../../src/adapters/dynamodb/journal/journal-item.ts';
import { policyFor } from '../../src/exports/policy.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { readTemplate } from './cloudformation-yaml.ts';
import { referencesIn } from './references.ts';
import { pathOf, read } from './sam-template.ts';

const template = readTemplate(read('journal.yaml'));
const propertiesOf = (name: string) => template.Resources[name]?.Properties ?? {};
const JOURNAL_ARN = { 'Fn::GetAtt': ['JournalTable', 'Arn'] };

const partOfStreamArn = (index: number) => ({
  'Fn::Select': [index, { 'Fn::Split': ['/', { Ref: 'StreamArn' }] }],
});

const withArn = (statements: readonly object[]): unknown =>
  JSON.parse(JSON.stringify(statements, (_, value) => (value === 'ARN' ? JOURNAL_ARN : value)));

describe('the SAM template of the journal', () => {
  it('refers only to what it has', () => {
    const known = [...Object.keys(template.Resources), ...Object.keys(template.Parameters ?? {})];
    const names = referencesIn(template).map(({ name }) => name);

    expect(names).not.toEqual([]);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('has a table with the key of the journal', () => {
    expect(propertiesOf('JournalTable')).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: JOURNAL_KEY.scope, KeyType: 'HASH' },
        { AttributeName: JOURNAL_KEY.page, KeyType: 'RANGE' },
      ],
    });
  });

  it('allows functions exactly what the command policy prints for the journal', () => {
    const table = tableSpec({
      name: 'Things',
      hashKey: { name: 'id', type: 'S' },
      coherence: { mode: 'invocation' },
    });
    const scope = { region: 'R', account: 'A', partition: 'P', journal: 'my-journal' };
    const printed = policyFor([table], scope).Statement.filter(({ Resource }) =>
      Resource.includes('arn:P:dynamodb:R:A:table/my-journal'),
    );

    expect(printed).toHaveLength(2);
    expect(propertiesOf('UseJournal').PolicyDocument).toMatchObject({
      Statement: withArn(printed.map((statement) => ({ ...statement, Resource: ['ARN'] }))),
    });
  });

  it('has a function with the settings that it reads, and nothing allowed but announcements and to read the key of the table', () => {
    const properties = propertiesOf('StreamAnnouncer');
    const { Environment, Policies } = properties;

    expect(Environment).toEqual({
      Variables: {
        CACHE_EXTENSION_JOURNAL_TABLE: { Ref: 'JournalTable' },
        CACHE_EXTENSION_JOURNAL_PAGES: { Ref: 'JournalPages' },
        TABLE_KEYS: { Ref: 'TableKeys' },
      },
    });
    expect(
      readStreamSettings({
        CACHE_EXTENSION_JOURNAL_TABLE: 'journal-JournalTable-1ABC',
        CACHE_EXTENSION_JOURNAL_PAGES: '4',
        TABLE_KEYS: 'id',
      }),
    ).toMatchObject({ journal: { pages: 4 }, keyNames: { hash: 'id' } });
    expect(Policies).toEqual([
      {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: ['dynamodb:UpdateItem'], Resource: [JOURNAL_ARN] },
          {
            Effect: 'Allow',
            Action: ['dynamodb:DescribeTable'],
            Resource: [{ 'Fn::Join': ['/', [partOfStreamArn(0), partOfStreamArn(1)]] }],
          },
        ],
      },
    ]);
  });

  it('has the built function as code', () => {
    const { CodeUri, Handler } = propertiesOf('StreamAnnouncer');
    const [file, name] = String(Handler).split('.');
    const path = join(pathOf(String(CodeUri)), `${file}.mjs`);

    expect(existsSync(path)).toBe(true);
    expect(/export\s*\{([^}]*)\};?\s*$/.exec(readFileSync(path, 'utf8'))?.[1]).toBe(name);
  });

  it('repeats a batch from the first change that could not be announced', () => {
    expect(propertiesOf('StreamAnnouncer').Events).toMatchObject({
      Changes: {
        Type: 'DynamoDB',
        Properties: {
          Stream: { Ref: 'StreamArn' },
          StartingPosition: 'TRIM_HORIZON',
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          BisectBatchOnFunctionError: true,
        },
      },
    });
  });
});
