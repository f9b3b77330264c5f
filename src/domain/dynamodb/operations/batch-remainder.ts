import type { BatchGetRequest, BatchPart } from './batch-get-request.ts';
import type { CapacityReport } from './get-item-request.ts';

const encoder = new TextEncoder();

/** What DynamoDB is asked of one part: the keys at these places, in the order of asking. */
export interface Remainder {
  readonly part: BatchPart;
  readonly missing: readonly number[];
  /** Whether the answer must show every write before it. */
  readonly isConsistent: boolean;
}

/**
 * The body of a `BatchGetItem` for what memory does not have. Of what memory may answer everything is asked for that
 * is kept of its items, so that it need not be asked for again; other parts stay as they are.
 */
export const remainderRequest = (
  { capacity }: BatchGetRequest,
  remainders: readonly Remainder[],
): Uint8Array => {
  const items = remainders.flatMap(({ part, missing, isConsistent }) => {
    const { tableName, request, keys, question } = part;
    if (question === undefined) return [[tableName, request] as const];
    if (missing.length === 0) return [];
    const rest = {
      Keys: keys.filter((_, index) => missing.includes(index)),
      ...(isConsistent ? { ConsistentRead: true } : {}),
      ...question.table.projection.request,
    };
    return [[tableName, rest] as const];
  });
  return requestFor(capacity, items);
};

/** Whether DynamoDB's answer to the remainder is the answer to the whole request. */
export const asksForAll = ({ part: { question, keys }, missing }: Remainder): boolean =>
  question === undefined ||
  (missing.length === keys.length &&
    question.wanted === 'everything' &&
    question.table.spec.fields === undefined);

/** The body of a `BatchGetItem` for the whole request as it was sent, consistent where the remainder is. */
export const unprojectedRequest = (
  { capacity }: BatchGetRequest,
  remainders: readonly Remainder[],
): Uint8Array =>
  requestFor(
    capacity,
    remainders.map(({ part: { tableName, request }, isConsistent }) => [
      tableName,
      isConsistent ? { ...request, ConsistentRead: true } : request,
    ]),
  );

const requestFor = (
  capacity: CapacityReport,
  items: readonly (readonly [tableName: string, request: object])[],
): Uint8Array =>
  encoder.encode(
    JSON.stringify({
      RequestItems: Object.fromEntries(items),
      ...(capacity === 'NONE' ? {} : { ReturnConsumedCapacity: capacity }),
    }),
  );
