import { describe, expect, it } from '@jest/globals';
import {
  ConfiguredTable,
  ConfiguredTables,
} from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import { KeyCodec } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const pairs = tableSpec({
  name: 'Pairs',
  hashKey: { name: 'h', type: 'N' },
  sortKey: { name: 's', type: 'S' },
});
const table = new ConfiguredTable(pairs);
const key = new KeyCodec(pairs).fromText('1', 'a');
const item = { h: { N: '1.0' }, s: { S: 'a' }, x: { S: 'b' } };
const STRAYS = [{}, { h: { N: '1' } }, { h: { S: '1' }, s: { S: 'a' } }, { h: { N: 'one' }, s: { S: 'a' } }];

describe('a configured table', () => {
  it('knows the key of an item, whatever else it holds and however numbers are written', () => {
    expect(table.keyIn(item)).toEqual(key);
    expect(table.isItem(item, key)).toBe(true);
    expect(table.addressOf(item)).toEqual({ group: 'Pairs', key });
  });

  it('distinguishes items with different keys', () => {
    expect(table.isItem({ ...item, s: { S: 'b' } }, key)).toBe(false);
  });

  it.each(STRAYS)('finds no key in %j, which may be anything of the table', (attributes) => {
    expect(table.keyIn(attributes)).toBeUndefined();
    expect(table.isItem(attributes, key)).toBe(false);
    expect(table.addressOf(attributes)).toStrictEqual({ group: 'Pairs' });
  });

  it('is addressed as a whole if the attributes are unknown', () => {
    expect(table.addressOf(undefined)).toEqual({ group: 'Pairs' });
  });
});

describe('the configured tables', () => {
  const hashKey = { name: 'id', type: 'S' } as const;
  const here = tableSpec({ name: 'Things', hashKey });
  const there = tableSpec({ name: 'there', table: 'Things', hashKey, region: 'us-east-1' });
  const odd = ['null', '5', 'undefined'].map((name) => tableSpec({ name, hashKey }));
  const tables = new ConfiguredTables([here, there, ...odd], 'eu-west-1');
  const place = { region: 'eu-west-1' };
  const namesOf = (found: readonly ConfiguredTable[] | undefined) => found?.map(({ spec }) => spec.name);

  it('are found by name and distinguished by their region', () => {
    expect(tables.at('Things', place)?.spec.name).toBe('Things');
    expect(tables.at('Things', { region: 'us-east-1' })?.spec.name).toBe('there');
    expect(tables.at('Things', { region: 'eu-north-1' })).toBeUndefined();
  });

  it('are touched wherever they are', () => {
    expect(namesOf(tables.writeSetOf('Things'))).toEqual(['Things', 'there']);
    expect(namesOf(tables.writeSetOf('Others'))).toEqual([]);
  });

  it.each([[null], [undefined], [5], [['Things']], ['a b']])('are not named by %j', (reference) => {
    expect(tables.at(reference, place)).toBeUndefined();
    expect(tables.writeSetOf(reference)).toBeUndefined();
  });

  it('are nowhere for certain if their own region is unknown', () => {
    const lost = new ConfiguredTables([here, there]);

    expect(lost.at('Things', place)).toBeUndefined();
    expect(lost.at('Things', { region: 'us-east-1' })?.spec.name).toBe('there');
  });
});
