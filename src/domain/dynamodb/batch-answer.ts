import type { BatchPart, BatchQuestion } from './batch-question.ts';
import { noCapacity, projectedItem } from './item-answer.ts';
import { elementsIn, membersIn, type RawTable, rawMembers, rawTables } from './raw-answer.ts';

const encoder = new TextEncoder();

/**
 * The answer to a whole batch.
 *
 * @param remembered by table, the items that memory had, in typed JSON
 * @param answer what DynamoDB said of the rest; absent where it was not asked
 * @throws {SourceUnavailableError} if that cannot be read
 */
export const mergedAnswer = (
  question: BatchQuestion,
  remembered: ReadonlyMap<string, readonly string[]>,
  answer?: Uint8Array,
): Uint8Array => {
  const others = new Map(answer === undefined ? [] : rawMembers(answer));
  const responses = responsesOf(question, remembered, answer);
  const unprocessed = unprocessedOf(question, answer, others.get('UnprocessedKeys'));
  const consumed = consumedOf(question, others.get('ConsumedCapacity'));
  for (const name of ['Responses', 'UnprocessedKeys', 'ConsumedCapacity']) others.delete(name);
  return encoder.encode(
    objectOf([
      ['Responses', responses],
      ['UnprocessedKeys', unprocessed],
      ...(consumed === undefined ? [] : [['ConsumedCapacity', consumed] as const]),
      ...others,
    ]),
  );
};

const responsesOf = (
  { parts }: BatchQuestion,
  remembered: ReadonlyMap<string, readonly string[]>,
  answer: Uint8Array | undefined,
): string => {
  const tables: ReadonlyMap<string, RawTable> = answer === undefined ? new Map() : rawTables(answer);
  return objectOf(
    parts.map(({ tableName, question }) => {
      const { wanted } = question ?? { wanted: 'everything' as const };
      const found = tables.get(tableName)?.items ?? [];
      const items = [
        ...(remembered.get(tableName) ?? []).map((json) => projectedItem(json, wanted)),
        ...found.map(({ json }) => projectedItem(json, wanted)),
      ];
      return [tableName, `[${items.join(',')}]`];
    }),
  );
};

/** Keys that DynamoDB did not get to, in the words in which the client had asked for them. */
const unprocessedOf = (
  { parts }: BatchQuestion,
  answer: Uint8Array | undefined,
  written: string | undefined,
): string => {
  if (answer === undefined || written === undefined) return '{}';
  const tables = rawTables(answer);
  const asWritten = membersIn(written);
  return objectOf(
    [...asWritten].map(([tableName, json]) => {
      const part = parts.find((each) => each.tableName === tableName && each.question !== undefined);
      if (part === undefined) return [tableName, json];
      const keys = tables.get(tableName)?.unprocessed.map((key) => key.json) ?? [];
      return [tableName, objectOf([['Keys', `[${keys.join(',')}]`], ...otherMembers(part)])];
    }),
  );
};

const otherMembers = ({ request }: BatchPart): readonly (readonly [string, string])[] =>
  Object.entries(request)
    .filter(([name]) => name !== 'Keys')
    .map(([name, value]) => [name, JSON.stringify(value)]);

const consumedOf = ({ parts, capacity }: BatchQuestion, written: string | undefined): string | undefined => {
  if (capacity === 'NONE') return written;
  const reports = written === undefined ? [] : elementsIn(written);
  const reported = new Set(reports.map((report) => membersIn(report).get('TableName')));
  const silent = parts.filter(({ tableName }) => !reported.has(JSON.stringify(tableName)));
  return `[${[...reports, ...silent.map(({ tableName }) => noCapacity(tableName, capacity))].join(',')}]`;
};

const objectOf = (members: readonly (readonly [name: string, json: string])[]): string =>
  `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
