import { describe, expect, it } from '@jest/globals';
import { policyFor } from '../../../src/application/dynamodb/access-policy.ts';
import { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';

const id = { name: 'id', type: 'S' } as const;
const things = tableSpec({ name: 'Things', hashKey: id });
const everlasting = { ttlMs: 1, negativeTtlMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 };
const keys = [new EntryKey('Things', 'one')];

const actionsFor = (...args: Parameters<typeof policyFor>) =>
  policyFor(...args).Statement.flatMap(({ Action }) => Action);

describe('policyFor', () => {
  it('has a statement for each kind of access, with the tables that need it', () => {
    const others = tableSpec({
      name: 'Others',
      hashKey: id,
      region: 'us-east-1',
      lifetimes: everlasting,
      preload: { keys: [], everything: true },
    });

    expect(policyFor([others, things], { region: 'eu-west-1', account: '123456789012' })).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'ReadItems',
          Effect: 'Allow',
          Action: ['dynamodb:GetItem'],
          Resource: [
            'arn:aws:dynamodb:eu-west-1:123456789012:table/Things',
            'arn:aws:dynamodb:us-east-1:123456789012:table/Others',
          ],
        },
        {
          Sid: 'ReadBatches',
          Effect: 'Allow',
          Action: ['dynamodb:BatchGetItem'],
          Resource: ['arn:aws:dynamodb:eu-west-1:123456789012:table/Things'],
        },
        {
          Sid: 'ReadWholeTables',
          Effect: 'Allow',
          Action: ['dynamodb:Scan'],
          Resource: ['arn:aws:dynamodb:us-east-1:123456789012:table/Others'],
        },
      ],
    });
  });

  it.each([
    ['nothing is stale or preloaded', {}, []],
    ['entries outlive their lifetime while the source fails', { staleIfErrorMs: 1 }, ['BatchGetItem']],
    ['entries are refreshed in the background', { staleWhileRevalidateMs: 1 }, ['BatchGetItem']],
    ['background refresh has no lifetime to follow', { staleWhileRevalidateMs: 1, ttlMs: 0 }, []],
    ['entries without a lifetime outlive it', { staleIfErrorMs: 1, ttlMs: 0 }, ['BatchGetItem']],
  ])('if %s, allows the required operations', (_, given, more) => {
    const table = { ...things, lifetimes: { ...everlasting, ...given } };

    expect(actionsFor([table])).toEqual(['GetItem', ...more].map((each) => `dynamodb:${each}`));
  });

  it.each([
    ['keys are listed', { keys, everything: false }, 1, ['BatchGetItem']],
    ['all is preloaded', { keys: [], everything: true }, 1, ['Scan']],
    ['all is preloaded, listed keys first', { keys, everything: true }, 1, ['BatchGetItem', 'Scan']],
    ['what would be preloaded has no lifetime', { keys, everything: true }, 0, []],
  ])('if %s, allows the required operations', (_, preload, ttlMs, more) => {
    const table = { ...things, preload, lifetimes: { ...everlasting, ttlMs } };

    expect(actionsFor([table])).toEqual(['GetItem', ...more].map((each) => `dynamodb:${each}`));
    expect(actionsFor([table], { preloads: false })).toEqual(['dynamodb:GetItem']);
  });

  it('names a table once, even if requests use several names for it', () => {
    const again = { ...things, name: 'Again', region: 'eu-west-1' };

    expect(policyFor([things, again], { region: 'eu-west-1' }).Statement[0]?.Resource).toEqual([
      'arn:aws:dynamodb:eu-west-1:*:table/Things',
    ]);
  });

  it.each([
    ['is seen in each invocation', { mode: 'invocation' } as const],
    ['is seen after an interval', { mode: 'interval', ms: 1000 } as const],
    ['may be set by a variable', undefined],
  ])('allows checks and announcements on the journal table if a write %s', (_, coherence) => {
    const table = { ...things, lifetimes: everlasting, ...(coherence === undefined ? {} : { coherence }) };
    const scope = { region: 'eu-west-1', account: '123456789012', journal: 'my-journal' };
    const Resource = ['arn:aws:dynamodb:eu-west-1:123456789012:table/my-journal'];

    expect(policyFor([table], scope).Statement.slice(1)).toEqual([
      { Sid: 'CheckJournal', Effect: 'Allow', Action: ['dynamodb:Query'], Resource },
      { Sid: 'AnnounceWrites', Effect: 'Allow', Action: ['dynamodb:UpdateItem'], Resource },
    ]);
    expect(actionsFor([table], { ...scope, journal: undefined })).toEqual(['dynamodb:GetItem']);
  });

  it('allows nothing on the journal table if all tables have the coherence ttl', () => {
    const table = { ...things, lifetimes: everlasting, coherence: { mode: 'ttl' } as const };

    expect(actionsFor([table], { journal: 'my-journal' })).toEqual(['dynamodb:GetItem']);
    expect(actionsFor([], { journal: 'my-journal' })).toEqual([]);
  });

  it('allows the journal table in the region of the function, not in that of a table', () => {
    const abroad = { ...things, region: 'us-east-1', coherence: { mode: 'invocation' } as const };
    const { Statement } = policyFor([abroad], { region: 'eu-west-1', journal: 'my-journal' });

    expect(Statement.at(-1)?.Resource).toEqual(['arn:aws:dynamodb:eu-west-1:*:table/my-journal']);
  });

  it('allows nothing for no tables', () => {
    expect(policyFor([]).Statement).toEqual([]);
  });

  it.each([
    [undefined, 'arn:aws:dynamodb:*:*:table/Things'],
    ['us-east-1', 'arn:aws:dynamodb:us-east-1:*:table/Things'],
    ['cn-north-1', 'arn:aws-cn:dynamodb:cn-north-1:*:table/Things'],
    ['us-gov-west-1', 'arn:aws-us-gov:dynamodb:us-gov-west-1:*:table/Things'],
    ['us-iso-east-1', 'arn:aws-iso:dynamodb:us-iso-east-1:*:table/Things'],
    ['us-isob-east-1', 'arn:aws-iso-b:dynamodb:us-isob-east-1:*:table/Things'],
    ['eu-isoe-west-1', 'arn:aws-iso-e:dynamodb:eu-isoe-west-1:*:table/Things'],
    ['us-isof-south-1', 'arn:aws-iso-f:dynamodb:us-isof-south-1:*:table/Things'],
    ['eusc-de-east-1', 'arn:aws-eusc:dynamodb:eusc-de-east-1:*:table/Things'],
  ])('derives the partition from the region %s', (region, arn) => {
    expect(policyFor([things], { region }).Statement[0]?.Resource).toEqual([arn]);
  });

  it('uses the given partition', () => {
    expect(policyFor([things], { region: 'cn-north-1', partition: '*' }).Statement[0]?.Resource).toEqual([
      'arn:*:dynamodb:cn-north-1:*:table/Things',
    ]);
  });
});
