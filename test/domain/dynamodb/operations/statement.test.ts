import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ConfiguredTables } from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import { KeyCodec } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import { touchedByStatement } from '../../../../src/domain/dynamodb/operations/statement.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const things = tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' } });
const tables = new ConfiguredTables([things], 'eu-west-1');
const key = (id: string) => [{ group: 'Things', key: new KeyCodec(things).fromText(id) }];
const touched = (statement: string, ...parameters: readonly unknown[]) =>
  touchedByStatement(statement, parameters.length === 0 ? undefined : parameters, tables);

describe('the write set of a PartiQL statement', () => {
  it.each([
    [`SELECT * FROM "Things" WHERE id = 'a'`],
    [' select id from Things '],
    [`EXISTS(SELECT * FROM "Things" WHERE id = 'a')`],
    [`UPDATE "Others" SET x = 1 WHERE id = 'a'`],
    [`UPDATE Others SET x = 1 WHERE id = 'a'`],
    [`UPDATE "things" SET x = 1 WHERE id = 'a'`],
    [`UPDATE "Others" SET x = 1 ; \n`],
    [`INSERT INTO "Others" VALUE {'id': 'a'}`],
  ])('is empty: %s', (statement) => {
    expect(touched(statement)).toEqual([]);
  });

  it.each([
    [`UPDATE "Things" SET x = 1 WHERE id = 'a'`, []],
    [`UPDATE Things SET x = 'WHERE' WHERE "id" = 'a' RETURNING ALL NEW *`, []],
    [`UPDATE "Things" SET x = ? WHERE id = ? AND x = ?;`, [{ S: 'b' }, { S: 'a' }, { S: 'c' }]],
    [`DELETE FROM "Things" WHERE x = 5 AND id='a'`, []],
    [`DELETE FROM "Things" WHERE "x y" = 1 AND id = 'a'`, []],
    [`UPDATE "Things" SET x = '?' WHERE id = ?`, [{ S: 'a' }]],
    ['delete\n from Things where id = ?', [{ S: 'a' }]],
    ['UPDATE "arn:aws:dynamodb:eu-west-1:123456789012:table/Things" SET x=1 WHERE id=?', [{ S: 'a' }]],
  ])('is the item whose key it names: %s', (statement, parameters) => {
    expect(touched(statement, ...parameters)).toEqual(key('a'));
  });

  it('is everything for a statement beyond the maximum length', () => {
    const padded = (length: number) => `DELETE FROM "Things" WHERE id = 'a'`.padEnd(length);

    expect(touched(padded(8_192))).toEqual(key('a'));
    expect(touched(padded(8_193))).toBe('everything');
    expect(touched(`DELETE FROM "${'a'.repeat(16_000_000)}`)).toBe('everything');
  });

  it.each([
    [`INSERT INTO "Things" VALUE {'id': 'a'}`, []],
    [`UPDATE "Things" SET x = 1`, []],
    [`UPDATE things SET x = 1`, []],
    [`DELETE FROM "Things" WHERE id = 'a' OR x = 1`, []],
    [`DELETE FROM "Things" WHERE NOT id = 'a'`, []],
    [`DELETE FROM "Things" WHERE id IN ['a']`, []],
    [`DELETE FROM "Things" WHERE id = 'a' AND id = 'b'`, []],
    [`DELETE FROM "Things" WHERE id = 'a' AND begins_with(x, 'b')`, []],
    [`DELETE FROM "Things" WHERE (id = 'a')`, []],
    [`DELETE FROM "Things" WHERE 'a' = id`, []],
    [`DELETE FROM "Things" WHERE id = 1`, []],
    [`DELETE FROM "Things" WHERE id = 'a\\b'`, []],
    [`DELETE FROM "Things" WHERE m.id = 'a'`, []],
    [`DELETE FROM "Things" WHERE m.x = 1 AND id = 'a'`, []],
    [`DELETE FROM "Things" WHERE 'b' = 'b' AND id = 'a'`, []],
    [`DELETE FROM "Things" WHERE x = y AND id = 'a'`, []],
    [`DELETE FROM "Things" WHERE id '=' 'a'`, []],
    [`DELETE FROM "Things" WHERE id = 'a' 'AND' x = 1`, []],
    [`DELETE FROM "Things" WHERE id = x`, [{ S: 'a' }]],
    ['DELETE FROM "Things" WHERE', []],
    ['DELETE FROM "Things" WHERE id', []],
    ['DELETE FROM "Things" WHERE id =', []],
    [`DELETE FROM "Things" WHERE id = 'a' AND`, []],
    [`DELETE FROM "Things" WHERE id = ?`, []],
    [`DELETE FROM "Things" WHERE id = ?`, [{ N: '1' }]],
    [`DELETE FROM "Things" WHERE x = ? AND id = ?`, [{ S: 'a' }]],
  ])('is the whole table if no key can be determined: %s', (statement, parameters) => {
    expect(touched(statement, ...parameters)).toEqual([{ group: 'Things' }]);
  });

  it.each([
    [''],
    ['DELETE "Things"'],
    ['INSERT "Things"'],
    ['UPDATE'],
    ['DELETE "Others" "Others"'],
    ['INSERT FROM "Others"'],
    ['DELETE INTO "Others"'],
    ['REPLACE INTO "Others"'],
    ['DROP FROM "Others"'],
    ['UPDATE ?'],
    [`DROP "Things"`],
    [`/* hm */ UPDATE "Others" SET x = 1`],
    [`UPDATE "Others" SET x = 1 -- hm`],
    [`SELECT 1; DELETE FROM "Things"`],
    [`UPDATE "Others SET x = 1`],
    ['UPDATE "a b" SET x = 1'],
    ['UPDATE § SET x = 1'],
  ])('is everything: %j', (statement) => {
    expect(touched(statement)).toBe('everything');
  });

  it('matches an unquoted table name in any letter case if no table has exactly that name', () => {
    const lower = tableSpec({ name: 'lower', table: 'things', hashKey: { name: 'id', type: 'S' } });
    const groupsIn = (statement: string) =>
      [touchedByStatement(statement, undefined, new ConfiguredTables([things, lower]))]
        .flat()
        .map((address) => address !== 'everything' && address.group);

    expect(groupsIn('UPDATE THINGS SET x = 1')).toEqual(['Things', 'lower']);
    expect(groupsIn('UPDATE Things SET x = 1')).toEqual(['Things']);
    expect(groupsIn('UPDATE "things" SET x = 1')).toEqual(['lower']);
    expect(groupsIn('UPDATE "THINGS" SET x = 1')).toEqual([]);
  });

  it('accepts any characters in a string literal', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (id) => {
        fc.pre(!id.includes('\\') && !id.includes('--') && !id.includes('/*'));

        expect(touched(`DELETE FROM "Things" WHERE id = '${id.replaceAll("'", "''")}'`)).toEqual(key(id));
      }),
    );
  });
});
