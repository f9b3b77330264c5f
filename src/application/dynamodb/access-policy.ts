import { mayRefresh } from '../../domain/cache/ttl-policy.ts';
import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import {
  allowing,
  arnIn,
  assumeRoleStatements,
  type PolicyDocument,
  policyOf,
  type PolicyScope,
  type PolicyStatement,
} from '../../domain/iam/policy-document.ts';

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
    isUsed: (table, preloads) =>
      mayRefresh(table.lifetimes) || (isPreloaded(table, preloads) && listsKeys(table)),
  },
  {
    sid: 'ReadWholeTables',
    operation: 'Scan',
    isUsed: (table, preloads) => isPreloaded(table, preloads) && table.preload.everything,
  },
];

/** The minimal policy with which the function can read `tables`, or assume the roles that read them. */
export const policyFor = (tables: readonly TableSpec[], scope: PolicyScope = {}): PolicyDocument =>
  policyOf([
    ...tableStatements(tables, scope, false),
    ...assumeRoleStatements(tables.flatMap(({ role }) => role ?? [])),
  ]);

/**
 * One statement for each kind of access to the tables without a role, and those for the journal. Indexes are not read.
 *
 * @param othersNeedJournal whether other groups than tables need the journal
 */
export const tableStatements = (
  tables: readonly TableSpec[],
  scope: PolicyScope,
  othersNeedJournal: boolean,
): readonly PolicyStatement[] => [
  ...readStatements(
    tables.filter(({ role }) => role === undefined),
    scope,
  ),
  // If a table omits its coherence, a variable may set it.
  ...(othersNeedJournal || tables.some(({ coherence }) => coherence?.mode !== 'ttl')
    ? journalStatements(scope)
    : []),
];

/** One statement for each kind of access to `tables`. Indexes are not read. */
export const readStatements = (
  tables: readonly TableSpec[],
  scope: PolicyScope,
): readonly PolicyStatement[] =>
  ACCESSES.flatMap(({ sid, operation, isUsed }) => {
    const used = tables.filter((table) => isUsed(table, scope.preloads ?? true));
    return allowing(
      sid,
      `dynamodb:${operation}`,
      used.map(
        ({ arn, table, region }) =>
          arn ?? arnIn(scope, { service: 'dynamodb', region, resource: `table/${table}` }),
      ),
    );
  });

/** Without a lifetime, preloaded entries would be stale at once. */
const isPreloaded = ({ lifetimes }: TableSpec, preloads: boolean): boolean => preloads && lifetimes.ttlMs > 0;

const listsKeys = ({ preload }: TableSpec): boolean => preload.keys.length > 0;

/** What checks and announcements need. */
const journalStatements = (scope: PolicyScope): readonly PolicyStatement[] => {
  const { journal } = scope;
  if (journal === undefined) return [];
  const arns = [arnIn(scope, { service: 'dynamodb', resource: `table/${journal}` })];
  return [
    ...allowing('CheckJournal', 'dynamodb:Query', arns),
    ...allowing('AnnounceWrites', 'dynamodb:UpdateItem', arns),
  ];
};
