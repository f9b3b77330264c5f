import { membersOf } from '../json/json-scanner.ts';
import type { CapacityReport, ParsedGetItem } from './get-item-request.ts';
import type { Wanted } from './projected-names.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOTHING = encoder.encode('{}');
const PREFIX = encoder.encode('{"Item":');
const CLOSING = 0x7d;

/**
 * The answer to a `GetItem` that consumed nothing.
 *
 * @param typed all that is kept of the item, in typed JSON; absent where there is none
 */
export const rememberedAnswer = (question: ParsedGetItem, typed?: Uint8Array): Uint8Array => {
  const { capacity, wanted, tableName } = question;
  if (capacity !== 'NONE') return composedAnswer(wanted, textOf(typed), noCapacity(tableName, capacity));
  if (typed === undefined) return NOTHING;
  return wanted === 'everything' ? wrapped(typed) : composedAnswer(wanted, textOf(typed));
};

/**
 * The answer to a `GetItem` put together from texts.
 *
 * @param json all that is kept of the item; absent where there is none
 * @param consumed the capacity as DynamoDB reported it; absent where it was not asked for
 */
export const composedAnswer = (wanted: Wanted, json?: string, consumed?: string): Uint8Array => {
  const members = [
    ...(json === undefined ? [] : [`"Item":${projectedItem(json, wanted)}`]),
    ...(consumed === undefined ? [] : [`"ConsumedCapacity":${consumed}`]),
  ];
  return encoder.encode(`{${members.join(',')}}`);
};

/** Of an item's JSON what is wanted, in the order of asking, every value as it is written. */
export const projectedItem = (json: string, wanted: Wanted): string => {
  if (wanted === 'everything') return json;
  const members = new Map(membersOf(json, 0).map(({ name, start, end }) => [name, json.slice(start, end)]));
  return `{${wanted.flatMap((name) => members.get(name) ?? []).join(',')}}`;
};

/** What DynamoDB would report of a table from which nothing was read. */
export const noCapacity = (tableName: string, report: CapacityReport): string => {
  const none = { CapacityUnits: 0 };
  return JSON.stringify({
    ...none,
    TableName: tableName,
    ...(report === 'INDEXES' ? { Table: none } : {}),
  });
};

const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && decoder.decode(bytes);

/** The commonest of all answers, made without looking into it. */
const wrapped = (typed: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(PREFIX.length + typed.length + 1);
  bytes.set(PREFIX);
  bytes.set(typed, PREFIX.length);
  bytes[bytes.length - 1] = CLOSING;
  return bytes;
};
