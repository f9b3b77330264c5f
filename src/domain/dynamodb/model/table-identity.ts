import { assumedRoleId } from '../../iam/assumed-role.ts';
import type { TableIdentity } from './table-spec.ts';

/**
 * Tells two groups of tables apart: equal for the same table of the same account and region, read with the same role.
 *
 * @param ownRegion the region of tables without a configured region
 */
export const identityOf = (
  { table, account, region, role }: TableIdentity,
  ownRegion: string | undefined,
): string =>
  JSON.stringify([account ?? null, region ?? ownRegion ?? null, table, role ? assumedRoleId(role) : null]);

/** How requests to DynamoDB name the table: by its ARN if that is configured. */
export const requestedName = ({ arn, table }: Pick<TableIdentity, 'arn' | 'table'>): string => arn ?? table;

/** The ARN of a table that is configured by ARN or with a role; `undefined` if it is in the function's own account. */
export const arnOfTable = (
  { arn, account, region: given, table, role }: TableIdentity,
  ownRegion: string | undefined,
): string | undefined => {
  const region = given ?? ownRegion;
  if (arn !== undefined || account === undefined || region === undefined) return arn;
  const [, partition = 'aws'] = role?.roleArn.split(':') ?? [];
  return `arn:${partition}:dynamodb:${region}:${account}:table/${table}`;
};

/**
 * The scope in which writes of a table are announced. All functions that announce or check must agree on it. Roles do not
 * matter: a write changes the table for all of its readers.
 *
 * @param own region and account of the journal; in Lambda the region is always known
 */
export const journalScope = (
  { table, account, region }: Pick<TableIdentity, 'table' | 'account' | 'region'>,
  own: { readonly region: string | undefined; readonly account: string | undefined },
): string => {
  const inRegion = `${region ?? own.region}/${table}`;
  return account === undefined || account === own.account ? inRegion : `${account}/${inRegion}`;
};
