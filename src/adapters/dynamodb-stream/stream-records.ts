import { isObject, type JsonObject } from '../../domain/json/json-object.ts';
import { tableReference } from '../../domain/dynamodb/model/configured-tables.ts';

/** A change of one item, in a batch that Lambda reads from the stream of a table. */
export interface StreamRecord {
  readonly table: string;
  /** ARN of the table. */
  readonly arn: string;
  readonly region: string;
  readonly account: string;
  /** Identifies the record in the answer to Lambda. */
  readonly sequenceNumber: string;
  /** The key attributes in typed JSON, unchecked. */
  readonly keys: unknown;
}

/**
 * Reads the records of an event. With every view type of a stream, they have the keys of the items.
 *
 * @throws {TypeError} if the event does not come from a stream of DynamoDB. The message shows no values
 */
export const recordsIn = (event: unknown): readonly StreamRecord[] => {
  const records: unknown = isObject(event) ? event.Records : undefined;
  if (!Array.isArray(records)) {
    throw new TypeError('the event has no Records: invoke the function by the stream of a DynamoDB table');
  }
  return records.map(recordIn);
};

const recordIn = (given: unknown, index: number): StreamRecord => {
  const record: JsonObject = isObject(given) ? given : {};
  const { eventSourceARN: arn, dynamodb } = record;
  const source = typeof arn === 'string' ? tableReference(arn) : undefined;
  if (typeof arn !== 'string' || source?.place === undefined || !source.isPart) {
    throw new TypeError(`record ${index} has no eventSourceARN of the stream of a DynamoDB table`);
  }
  const change: JsonObject = isObject(dynamodb) ? dynamodb : {};
  const { SequenceNumber: sequenceNumber, Keys: keys } = change;
  if (typeof sequenceNumber !== 'string' || sequenceNumber === '') {
    throw new TypeError(`record ${index} has no SequenceNumber`);
  }
  const { table, place } = source;
  return { table, arn: arn.replace(/\/stream\/.*/, ''), ...place, sequenceNumber, keys };
};
