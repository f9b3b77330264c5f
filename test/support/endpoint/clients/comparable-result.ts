import type { ClientResult } from './foreign-client.ts';

/** Of one answer, of one moment, or of one of two DynamoDBs. */
const OF_THE_MOMENT = new Set([
  'CreationDateTime',
  'LastDecreaseDateTime',
  'LastIncreaseDateTime',
  'LastUpdateToPayPerRequestDateTime',
  'HTTPHeaders',
  'RequestId',
  'TableId',
  'requestId',
]);

/** AWS gives the members of these lists in no order. */
const UNORDERED = new Set(['Parameters', 'SecretValues']);

/** What two DynamoDBs in the same state, asked the same, must have in common; lists of items in an order of our own. */
export const comparableResult = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(comparableResult);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !OF_THE_MOMENT.has(name))
      .map(([name, member]) => {
        if (name === 'Responses') return [name, inOrder(member)];
        return [name, UNORDERED.has(name) ? inOrderOfText(member) : comparableResult(member)];
      }),
  );
};

const inOrderOfText = (list: unknown): unknown =>
  Array.isArray(list) ? list.map((member) => JSON.stringify(sorted(member))).sort() : list;

/** DynamoDB gives the items of a batch in no order. */
const inOrder = (tables: unknown): unknown => {
  if (typeof tables !== 'object' || tables === null || Array.isArray(tables)) return comparableResult(tables);
  return Object.fromEntries(Object.entries(tables).map(([table, items]) => [table, inOrderOfText(items)]));
};

/** Whoever reads an item into a map of his language may find its attributes in any order. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
};

/** The errors among results, for the proof that there were any. */
export const errorsAmong = (results: readonly ClientResult[]): readonly ClientResult[] =>
  results.filter((result) => 'error' in result || ('status' in result && result.status !== 0));
