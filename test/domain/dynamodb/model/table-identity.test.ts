import { describe, expect, it } from '@jest/globals';
import { MalformedNameError } from '../../../../src/domain/dynamodb/model/errors.ts';
import { ConfiguredTables } from '../../../../src/domain/dynamodb/model/configured-tables.ts';
import { ItemAddressParser } from '../../../../src/domain/dynamodb/model/item-address.ts';
import {
  arnOfTable,
  identityOf,
  journalScope,
} from '../../../../src/domain/dynamodb/model/table-identity.ts';
import type { TableSpec } from '../../../../src/domain/dynamodb/model/table-spec.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const OWN = '999999999999';
const HERE = 'eu-west-1';
const ACCOUNTS = [OWN, '111122223333', '444455556666'];
const REGIONS = [HERE, 'us-east-1'];
const ROLES = [undefined, 'arn:aws:iam::777777777777:role/one', 'arn:aws:iam::777777777777:role/two'];

/** The same name in each account and region, with each role: by name in the function's own account, by ARN elsewhere. */
const SPECS: readonly TableSpec[] = ACCOUNTS.flatMap((account) =>
  REGIONS.flatMap((region) =>
    ROLES.map((roleArn) => {
      const isOwn = account === OWN && roleArn === undefined;
      const isPlain = isOwn && region === HERE;
      return {
        ...tableSpec({
          name: isPlain ? 'Products' : [account, region, roleArn?.split('/')[1] ?? 'none'].join('_'),
          hashKey: { name: 'id', type: 'S' },
        }),
        table: 'Products',
        ...(isOwn ? {} : { account, arn: arn(account, region) }),
        ...(isPlain ? {} : { region }),
        ...(roleArn === undefined ? {} : { role: { roleArn } }),
      };
    }),
  ),
);

function arn(account: string, region: string): string {
  return `arn:aws:dynamodb:${region}:${account}:table/Products`;
}

const tables = new ConfiguredTables(SPECS, HERE);
const PLACES = ACCOUNTS.flatMap((account) => REGIONS.map((region) => ({ account, region })));
const isAt = (spec: TableSpec, place: { readonly account: string; readonly region: string }) =>
  (spec.account ?? OWN) === place.account && (spec.region ?? HERE) === place.region;

describe('the same name in several accounts, regions and roles', () => {
  it('is a group for each', () => {
    expect(new Set(SPECS.map((spec) => identityOf(spec, HERE))).size).toBe(SPECS.length);
    expect(identityOf({ table: 'a', region: HERE }, HERE)).toBe(identityOf({ table: 'a' }, HERE));
  });

  it('is distinguished by external ids and names of sessions', () => {
    const role = { roleArn: 'arn:aws:iam::777777777777:role/one' };
    const ids = [role, { ...role, externalId: 'x' }, { ...role, sessionName: 'x' }].map((each) =>
      identityOf({ table: 'a', role: each }, HERE),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it.each(PLACES)('is the table of its own place at the endpoint: %j', ({ account, region }) => {
    const found = tables.at(arn(account, region), { region: HERE, account: OWN });

    // The table in the function's region and account may also be named by ARN, and its entry with a role comes first then.
    expect(found && isAt(found.spec, { account, region })).toBe(true);
  });

  it('is the own table without a role if no ARN is given', () => {
    expect(tables.at('Products', { region: HERE, account: OWN })?.spec.name).toBe('Products');
    expect(tables.at('Products', { region: 'us-east-1', account: OWN })?.spec.name).toBe(
      `${OWN}_us-east-1_none`,
    );
    expect(tables.at('Products', { region: 'eu-north-1', account: OWN })).toBeUndefined();
  });

  it('is never taken for a table of another account if the own one is unknown', () => {
    const foreign = new ConfiguredTables(
      SPECS.filter(({ account }) => account !== undefined),
      HERE,
    );
    expect(foreign.at('Products', { region: HERE })).toBeUndefined();
  });

  it.each(ACCOUNTS)(
    'is invalidated in the account of the write only, with all of its roles: %s',
    (account) => {
      const names = SPECS.filter((spec) => (spec.account ?? OWN) === account).map(({ name }) => name);
      const written = (reference: string) => tables.writeSetOf(reference, OWN)?.map(({ spec }) => spec.name);

      expect(written(arn(account, HERE))).toEqual(names);
      expect(written(arn(account, 'eu-north-1'))).toEqual(names);
      if (account === OWN) expect(written('Products')).toEqual(names);
    },
  );

  it('is invalidated wherever it may be if the own account is unknown', () => {
    expect(tables.writeSetOf('Products')).toHaveLength(SPECS.length);
    // It may be in this account or in the unknown one.
    expect(tables.writeSetOf(arn('111122223333', HERE))?.map(({ spec }) => spec.account)).not.toContain(
      '444455556666',
    );
  });

  it('has a scope in the journal for each account and region, which all roles share', () => {
    const own = { region: HERE, account: OWN };
    const scopes = new Map(SPECS.map((spec) => [spec.name, journalScope(spec, own)]));

    expect(new Set(scopes.values()).size).toBe(PLACES.length);
    expect(scopes.get('Products')).toBe('eu-west-1/Products');
    for (const one of SPECS) {
      for (const other of SPECS) {
        const isSamePlace = PLACES.some((place) => isAt(one, place) && isAt(other, place));
        expect(scopes.get(one.name) === scopes.get(other.name)).toBe(isSamePlace);
      }
    }
  });

  it('is a key of its own for each entry on the item route', () => {
    const parser = new ItemAddressParser(SPECS);
    const keys = SPECS.map(
      ({ name }) =>
        parser.parse(
          new Map([
            ['table', name],
            ['hashKey', 'a'],
          ]),
        ).key?.text,
    );
    expect(new Set(keys).size).toBe(SPECS.length);
  });
});

describe('a table by ARN on the item route', () => {
  const ARN = arn('111122223333', HERE);
  const theirs = {
    ...tableSpec({ name: ARN, hashKey: { name: 'id', type: 'S' } }),
    arn: ARN,
    table: 'Products',
  };
  const parsed = (specs: readonly TableSpec[], table: string) =>
    new ItemAddressParser(specs).parse(
      new Map([
        ['table', table],
        ['hashKey', 'a'],
      ]),
    );

  it('has its ARN, its name and the table name in its ARN', () => {
    const aliased = { ...theirs, name: 'theirs' };

    for (const name of [ARN, 'Products']) expect(parsed([theirs], name).key?.group).toBe(ARN);
    for (const name of [ARN, 'Products', 'theirs']) expect(parsed([aliased], name).group).toBe('theirs');
    expect(new ItemAddressParser([theirs]).parse(new Map([['name', `${ARN}@@a`]])).group).toBe(ARN);
  });

  it('does not take the name of a table of the own account', () => {
    const own = tableSpec({ name: 'Products', hashKey: { name: 'id', type: 'S' } });

    expect(parsed([theirs, own], 'Products').group).toBe('Products');
    expect(parsed([theirs, own], ARN).group).toBe(ARN);
  });

  it('needs its ARN if other tables have its table name', () => {
    const other = { ...theirs, name: ARN.replace('1111', '2222'), arn: ARN.replace('1111', '2222') };
    const own = { ...tableSpec({ name: 'mine', hashKey: { name: 'id', type: 'S' } }), table: 'Products' };

    expect(() => parsed([theirs, other], 'Products')).toThrow(
      `several configured tables have this name; use one of: ${ARN}, ${other.name}`,
    );
    expect(() => parsed([theirs, own], 'Products')).toThrow(`use one of: ${ARN}, mine`);
    expect(parsed([theirs, other], other.name).group).toBe(other.name);
  });

  it('is not found by other spellings', () => {
    for (const table of [ARN.toUpperCase(), `${ARN}/index/x`, 'products', ARN.slice(0, -1)]) {
      expect(() => parsed([theirs], table)).toThrow(/the table is not configured/);
    }
    expect(() => new ItemAddressParser([theirs]).parse(new Map([['name', ARN]]))).toThrow(MalformedNameError);
  });
});

describe('the ARN of a table', () => {
  it('is made from the role if the table is configured by name', () => {
    const role = { roleArn: 'arn:aws-cn:iam::111122223333:role/one' };
    const spec = { table: 'Products', account: '111122223333', role };

    expect(arnOfTable(spec, 'cn-north-1')).toBe('arn:aws-cn:dynamodb:cn-north-1:111122223333:table/Products');
    expect(arnOfTable(spec, undefined)).toBeUndefined();
    expect(arnOfTable({ table: 'Products' }, HERE)).toBeUndefined();
  });

  it('is the configured one, whatever the role', () => {
    const spec = { table: 'Products', account: '111122223333', arn: arn('111122223333', HERE) };

    expect(arnOfTable(spec, 'us-east-1')).toBe(spec.arn);
    expect(arnOfTable({ ...spec, role: { roleArn: 'arn:aws-cn:iam::1:role/one' } }, undefined)).toBe(
      spec.arn,
    );
  });

  it('has the partition aws without a role, and the region of the table', () => {
    const spec = { table: 'Products', account: '111122223333' };

    expect(arnOfTable(spec, HERE)).toBe(arn('111122223333', HERE));
    expect(arnOfTable({ ...spec, region: 'us-east-1' }, HERE)).toBe(arn('111122223333', 'us-east-1'));
  });
});
