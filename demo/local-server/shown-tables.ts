import type { KeyAttribute, TableSpec } from '../../src/domain/dynamodb/model/table-spec.ts';

/** One line about a table that is served. */
export const shownTable = ({ name, table, region, hashKey, sortKey, lifetimes }: TableSpec): string => {
  const alias = name === table ? name : `${name} (the table ${table})`;
  const place = region === undefined ? '' : ` in ${region}`;
  const keys = sortKey === undefined ? shownKey(hashKey) : `${shownKey(hashKey)} and ${shownKey(sortKey)}`;
  return `${alias}${place}, by ${keys}, fresh for ${lifetimes.ttlMs / 1_000} s`;
};

/** What to type to try the server; key values are left for the reader to fill in. */
export const curlLines = (
  tables: readonly TableSpec[],
  port: number,
  needsToken: boolean,
): readonly string[] => {
  const base = `http://localhost:${port}`;
  const token = needsToken ? '-H "X-Aws-Parameters-Secrets-Token: $CACHE_EXTENSION_TOKEN" ' : '';
  return [
    ...tables.map(({ name, hashKey, sortKey }) => {
      const keys = sortKey === undefined ? [hashKey] : [hashKey, sortKey];
      const values = keys.map((key) => `@@<${key.name}>`).join('');
      return `curl -i ${token}'${base}/dynamodb?name=${name}${values}'`;
    }),
    `curl '${base}/health'`,
  ];
};

const KINDS = { S: '', N: ' (a number)', B: ' (bytes in base64)' };

const shownKey = ({ name, type }: KeyAttribute): string => `${name}${KINDS[type]}`;
