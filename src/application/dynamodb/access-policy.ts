import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';

/** The permissions for one kind of access. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  /** ARNs of tables. Indexes are not read. */
  readonly Resource: readonly string[];
}

/** An IAM policy in the JSON format of AWS. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** The location of the tables, as far as it is known. */
export interface PolicyScope {
  /** Region of tables without a region of their own; any by default. */
  readonly region?: string | undefined;
  /** Account of the tables; any by default. */
  readonly account?: string | undefined;
  /** Partition of the tables; the partition of their region by default. */
  readonly partition?: string | undefined;
  /** Whether tables are preloaded (`CACHE_EXTENSION_INIT_STARTUP`); true by default. */
  readonly preloads?: boolean | undefined;
}

interface Access {
  readonly sid: string;
  readonly operation: string;
  readonly isUsed: (table: TableSpec, preloads: boolean) => boolean;
}

const ACCESSES: readonly Access[] = [
  { sid: 'ReadItems', operation: 'GetItem', isUsed: () => true },
  {
    sid: 'ReadBatches',
    operation: 'BatchGetItem',
    isUsed: (table, preloads) => refreshes(table) || (isPreloaded(table, preloads) && listsKeys(table)),
  },
  {
    sid: 'ReadWholeTables',
    operation: 'Scan',
    isUsed: (table, preloads) => isPreloaded(table, preloads) && table.preload.everything,
  },
];

/** The minimal policy with which the extension can read `tables`: one statement for each kind of access. */
export const policyFor = (tables: readonly TableSpec[], scope: PolicyScope = {}): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: ACCESSES.flatMap(({ sid, operation, isUsed }) => {
    const used = tables.filter((table) => isUsed(table, scope.preloads ?? true));
    if (used.length === 0) return [];
    const arns = new Set(used.map((table) => arnOf(table, scope)));
    return [{ Sid: sid, Effect: 'Allow', Action: [`dynamodb:${operation}`], Resource: [...arns].sort() }];
  }),
});

/** Without a lifetime, preloaded entries would be stale at once. */
const isPreloaded = ({ lifetimes }: TableSpec, preloads: boolean): boolean => preloads && lifetimes.ttlMs > 0;

const listsKeys = ({ preload }: TableSpec): boolean => preload.keys.length > 0;

/** Whether stale entries may be refreshed in the background, which reads them in batches. */
const refreshes = ({ lifetimes }: TableSpec): boolean =>
  lifetimes.staleIfErrorMs > 0 || (lifetimes.ttlMs > 0 && lifetimes.staleWhileRevalidateMs > 0);

const arnOf = (
  { table, region: own }: TableSpec,
  { region, account = '*', partition }: PolicyScope,
): string => {
  const location = own ?? region ?? '*';
  return `arn:${partition ?? partitionOf(location)}:dynamodb:${location}:${account}:table/${table}`;
};

/** Prefixes of the regions outside the partition `aws`. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

const partitionOf = (region: string): string =>
  PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
