import { joined } from '../../cache/body-collector.ts';
import { elementsIn, membersIn, type RawTable, rawMembers } from '../json/raw-answer.ts';
import type { BatchPart, ParsedBatchGet } from './batch-get-request.ts';
import { noCapacity, projectedItem } from './get-item.ts';

/** DynamoDB's answer to a batch. */
export interface ReadAnswer {
  readonly bytes: Uint8Array;
  readonly tables: ReadonlyMap<string, RawTable>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const COMMA = encoder.encode(',');
const CLOSE_ARRAY = encoder.encode(']');

/**
 * Merges cached items and DynamoDB's answer into the answer to a whole batch. Yields after each item.
 *
 * @param cached the cached items in typed JSON, by table name
 * @param answer DynamoDB's answer to the rest; absent if DynamoDB was not asked
 * @throws {SourceUnavailableError} if DynamoDB's answer is invalid
 */
export function* mergedAnswer(
  question: ParsedBatchGet,
  cached: ReadonlyMap<string, readonly Uint8Array[]>,
  answer?: ReadAnswer,
): Generator<undefined, Uint8Array> {
  const others = new Map(answer === undefined ? [] : rawMembers(answer.bytes));
  const unprocessed = unprocessedOf(question, answer, others.get('UnprocessedKeys'));
  const consumed = consumedOf(question, others.get('ConsumedCapacity'));
  for (const name of ['Responses', 'UnprocessedKeys', 'ConsumedCapacity']) others.delete(name);
  const rest = objectOf([
    ['UnprocessedKeys', unprocessed],
    ...(consumed === undefined ? [] : [['ConsumedCapacity', consumed] as const]),
    ...others,
  ]);
  const pieces: Uint8Array[] = [encoder.encode('{"Responses":{')];
  for (const piece of responsesOf(question, cached, answer)) {
    pieces.push(piece);
    yield;
  }
  pieces.push(encoder.encode(`},${rest.slice(1)}`));
  return joined(pieces);
}

function* responsesOf(
  { parts }: ParsedBatchGet,
  cached: ReadonlyMap<string, readonly Uint8Array[]>,
  answer: ReadAnswer | undefined,
): Generator<Uint8Array> {
  for (const [index, { tableName, question }] of parts.entries()) {
    const { wanted } = question ?? { wanted: 'everything' as const };
    yield encoder.encode(`${index === 0 ? '' : ','}${JSON.stringify(tableName)}:[`);
    let isFirst = true;
    for (const item of [...(cached.get(tableName) ?? []), ...(answer?.tables.get(tableName)?.items ?? [])]) {
      if (!isFirst) yield COMMA;
      isFirst = false;
      if (item instanceof Uint8Array && wanted === 'everything') yield item;
      else {
        const json = item instanceof Uint8Array ? decoder.decode(item) : item.json;
        yield encoder.encode(projectedItem(json, wanted));
      }
    }
    yield CLOSE_ARRAY;
  }
}

/** The unprocessed keys, with the client's own request members for each table. */
const unprocessedOf = (
  { parts }: ParsedBatchGet,
  answer: ReadAnswer | undefined,
  written: string | undefined,
): string => {
  if (answer === undefined || written === undefined) return '{}';
  const asWritten = membersIn(written);
  return objectOf(
    [...asWritten].map(([tableName, json]) => {
      const part = parts.find((each) => each.tableName === tableName && each.question !== undefined);
      if (part === undefined) return [tableName, json];
      const keys = answer.tables.get(tableName)?.unprocessed.map((key) => key.json) ?? [];
      return [tableName, objectOf([['Keys', `[${keys.join(',')}]`], ...otherMembers(part)])];
    }),
  );
};

const otherMembers = ({ request }: BatchPart): readonly (readonly [string, string])[] =>
  Object.entries(request)
    .filter(([name]) => name !== 'Keys')
    .map(([name, value]) => [name, JSON.stringify(value)]);

const consumedOf = ({ parts, capacity }: ParsedBatchGet, written: string | undefined): string | undefined => {
  if (capacity === 'NONE') return written;
  const reports = written === undefined ? [] : elementsIn(written);
  const reported = new Set(reports.map((report) => membersIn(report).get('TableName')));
  const silent = parts.filter(({ tableName }) => !reported.has(JSON.stringify(tableName)));
  return `[${[...reports, ...silent.map(({ tableName }) => noCapacity(tableName, capacity))].join(',')}]`;
};

const objectOf = (members: readonly (readonly [name: string, json: string])[]): string =>
  `{${members.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;
