import { type AssumedRole, assumedRoleId } from '../../iam/assumed-role.ts';

/** Which table of which account and region is read, and by whose credentials. */
export interface TableIdentity {
  /** The name of the table in DynamoDB. */
  readonly table: string;
  /** The ARN of the table, if the configuration gives it; then `region` and `account` are those of the ARN. */
  readonly arn?: string;
  /** Account of the table; if absent, the function's account. */
  readonly account?: string;
  /** Region of the table; if absent, the function's region. */
  readonly region?: string;
  /** The role that reads the table; if absent, the function's own. */
  readonly role?: AssumedRole;
}

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

/** The parts of the ARN of a table. */
export interface TableArn {
  readonly partition: string;
  readonly region: string;
  /** Twelve digits. */
  readonly account: string;
  readonly table: string;
}

/** The ARN of a table in any partition. ARNs of indexes and streams do not match. */
export const TABLE_ARN =
  /^arn:(aws[a-z-]*):dynamodb:([a-z][a-z0-9-]{0,62}):([0-9]{12}):table\/([a-zA-Z0-9_.-]{3,255})$/;

/** Parses the ARN of a table; returns `undefined` for other texts, also for the ARN of a part of a table. */
export const parseTableArn = (text: string): TableArn | undefined => {
  const found = TABLE_ARN.exec(text);
  if (found === null) return undefined;
  const [, partition = '', region = '', account = '', table = ''] = found;
  return { partition, region, account, table };
};
