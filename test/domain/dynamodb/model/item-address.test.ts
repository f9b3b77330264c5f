import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Address } from '../../../../src/domain/cache/cache-entry.ts';
import {
  AmbiguousNameError,
  MalformedNameError,
  TableNotConfiguredError,
} from '../../../../src/domain/dynamodb/model/errors.ts';
import { ItemAddressParser } from '../../../../src/domain/dynamodb/model/item-address.ts';
import { KeyCodec } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const hashOnly = tableSpec({ name: 'Users', hashKey: { name: 'id', type: 'S' } });
const composite = tableSpec({
  name: 'Products',
  hashKey: { name: 'pKey', type: 'S' },
  sortKey: { name: 'sKey', type: 'S' },
});
const numeric = tableSpec({ name: 'Readings', hashKey: { name: 'n', type: 'N' } });
const parser = new ItemAddressParser([hashOnly, composite, numeric]);

const parse = (query: Record<string, string>): Address => parser.parse(new Map(Object.entries(query)));
const named = (name: string): Address => parse({ name });
const user = (id: string): Address => ({ group: 'Users', key: new KeyCodec(hashOnly).fromText(id) });
const product = (hash: string, sort: string): Address => ({
  group: 'Products',
  key: new KeyCodec(composite).fromText(hash, sort),
});

describe('ItemAddressParser', () => {
  it('understands four parameters', () => {
    expect(parser.parameters).toEqual(['name', 'table', 'hashKey', 'sortKey']);
  });

  describe('given a name', () => {
    it.each([
      ['Users@@u1', user('u1')],
      ['Users@@u1@@', user('u1')],
      ['Users@@a@@b', user('a@@b')],
      ['Users@@a@@b@@', user('a@@b')],
      ['Users@@@a', user('@a')],
      ['Users@@a@', user('a@')],
      ['Users@@a@@@', user('a@')],
      ['Users@@a@@@@', user('a@@')],
      ['Users@@@', user('@')],
      ['Users@@100% +é/?#&=', user('100% +é/?#&=')],
      ['Products@@p1@@s1', product('p1', 's1')],
      ['Products@@a@b@@c@d', product('a@b', 'c@d')],
      ['Products@@@p@@s', product('@p', 's')],
      ['Products@@ @@ ', product(' ', ' ')],
    ])('reads %j', (name, address) => {
      expect(named(name)).toEqual(address);
    });

    it('reads one address from all texts of an equal key', () => {
      expect(named('Readings@@1.0')).toEqual(named('Readings@@01'));
    });

    it.each(['', 'Users', 'Users@', 'Users@u1', 'Products'])(
      'refuses %j, which has no hash value',
      (name) => {
        expect(() => named(name)).toThrow(MalformedNameError);
      },
    );

    it.each([
      'Users@@',
      'Users@@@@',
      'Products@@p1',
      'Products@@p1@@',
      'Products@@@@s1',
      'Products@@@@',
      'Readings@@x',
    ])('rejects %j, because a value is missing or invalid', (name) => {
      expect(() => named(name)).toThrow(MalformedNameError);
    });

    it.each(['a@@@b', 'a@@b@@c', '@@@@', '@@a@@', 'a@@b@@', 'a@@@@b', '@@@'])(
      'refuses %j after the table, and names the other way',
      (values) => {
        expect(() => named(`Products@@${values}`)).toThrow(AmbiguousNameError);
        expect(() => named(`Products@@${values}`)).toThrow(/table, hashKey and sortKey/);
      },
    );

    it.each(['Unknown@@a', '@@a', 'users@@a'])('refuses %j, whose table is not configured', (name) => {
      expect(() => named(name)).toThrow(TableNotConfiguredError);
    });

    it.each([{ table: 'Users' }, { hashKey: 'a' }, { sortKey: 'a' }])('refuses %j beside it', (rest) => {
      expect(() => parse({ name: 'Users@@u1', ...rest })).toThrow(MalformedNameError);
    });

    it('either reads the original values or reports an ambiguous name', () => {
      const value = fc
        .array(fc.constantFrom('@', '@', 'a', 'é'), { minLength: 1, maxLength: 5 })
        .map((parts) => parts.join(''));
      fc.assert(
        fc.property(value, value, (hash, sort) => {
          const joined = `${hash}@@${sort}`;
          const splits = [...Array(joined.length).keys()].filter((index) => joined.startsWith('@@', index));
          const read = (): Address => named(`Products@@${joined}`);

          if (splits.length === 1) expect(read()).toEqual(product(hash, sort));
          else expect(read).toThrow(AmbiguousNameError);
        }),
      );
    });
  });

  describe('given a table and values', () => {
    it('reads values of any content', () => {
      fc.assert(
        fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (hash, sort) => {
          expect(parse({ table: 'Users', hashKey: hash })).toEqual(user(hash));
          expect(parse({ table: 'Products', hashKey: hash, sortKey: sort })).toEqual(product(hash, sort));
        }),
      );
    });

    it('reads a table alone as the whole group', () => {
      expect(parse({ table: 'Products' })).toEqual({ group: 'Products' });
    });

    it.each([
      {},
      { hashKey: 'a' },
      { hashKey: 'a', sortKey: 'b' },
      { table: 'Users', sortKey: 'b' },
      { table: 'Users', hashKey: '' },
      { table: 'Users', hashKey: 'a', sortKey: 'b' },
      { table: 'Users', hashKey: 'a', sortKey: '' },
      { table: 'Products', hashKey: 'a' },
      { table: 'Products', hashKey: 'a', sortKey: '' },
    ])('refuses %j', (query) => {
      expect(() => parse(query)).toThrow(MalformedNameError);
    });

    it('refuses a table that is not configured, naming those that are', () => {
      expect(() => parse({ table: 'secret', hashKey: 'a' })).toThrow(TableNotConfiguredError);
      expect(() => parse({ table: 'secret' })).toThrow(/: Users, Products, Readings$/);
    });
  });

  it.each([
    [{}, 'either name or table is required'],
    [{ name: 'Users' }, 'the name is not of the form <table>@@<hash>@@<sort>'],
    [{ name: 'Products@@p1' }, 'the name has no sort value, and the table has a sort key'],
    [{ name: 'Users@@u1', table: 'Users' }, 'name cannot be combined with table, hashKey or sortKey'],
    [{ table: 'Users', sortKey: 'b' }, 'sortKey requires hashKey'],
    [{ table: 'Users', hashKey: 'a', sortKey: 'b' }, 'the table has no sort key'],
    [{ table: 'Products', hashKey: 'a' }, 'the table has a sort key, whose value is missing'],
  ])('rejects %j with the message %s', (query, message) => {
    expect(() => parse({ ...query })).toThrow(expect.objectContaining({ message }));
  });
});
