import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';

/** What the function's role must allow for one kind of access. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  /** ARNs of tables; never of indexes, which are not read. */
  readonly Resource: readonly string[];
}

/** An IAM policy, as the JSON of AWS has it. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PolicyStatement[];
}

/** Where the tables are, as far as it is known. */
export interface PolicyScope {
  /** Region of tables that name none; any by default. */
  readonly region?: string | undefined;
  /** Account of the tables; any by default. */
  readonly account?: string | undefined;
  /** Partition of the tables; by default that of their region. */
  readonly partition?: string | undefined;
  /** Whether the store is filled ahead of requests (`CACHE_EXTENSION_INIT_STARTUP`); true by default. */
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
    isUsed: (table, preloads) => refreshes(table) || (preloadsAny(table, preloads) && listsKeys(table)),
  },
  {
    sid: 'ReadWholeTables',
    operation: 'Scan',
    isUsed: (table, preloads) => preloadsAny(table, preloads) && table.preload.everything,
  },
];

/** The least that the function's role must allow for the extension to read `tables`: one statement for each kind of access. */
export const policyFor = (tables: readonly TableSpec[], scope: PolicyScope = {}): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: ACCESSES.flatMap(({ sid, operation, isUsed }) => {
    const used = tables.filter((table) => isUsed(table, scope.preloads ?? true));
    if (used.length === 0) return [];
    const arns = new Set(used.map((table) => arnOf(table, scope)));
    return [{ Sid: sid, Effect: 'Allow', Action: [`dynamodb:${operation}`], Resource: [...arns].sort() }];
  }),
});

/** What has no lifetime would be stale as soon as it is loaded. */
const preloadsAny = ({ lifetimes }: TableSpec, preloads: boolean): boolean => preloads && lifetimes.ttlMs > 0;

const listsKeys = ({ preload }: TableSpec): boolean => preload.keys.length > 0;

/** Whether stale entries may be read again behind: all that are due in one batch. */
const refreshes = ({ lifetimes }: TableSpec): boolean =>
  lifetimes.staleIfErrorMs > 0 || (lifetimes.ttlMs > 0 && lifetimes.staleWhileRevalidateMs > 0);

const arnOf = (
  { table, region: own }: TableSpec,
  { region, account = '*', partition }: PolicyScope,
): string => {
  const place = own ?? region ?? '*';
  return `arn:${partition ?? partitionOf(place)}:dynamodb:${place}:${account}:table/${table}`;
};

/** What the regions outside the partition `aws` begin with. */
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
