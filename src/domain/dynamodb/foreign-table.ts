import { tableReference } from './table-reference.ts';
import { isObject, type JsonObject, readObject } from './wire-json.ts';

/** What stands in every ARN of DynamoDB. */
const PART_OF_ARN = new TextEncoder().encode(':dynamodb:');
const COLON = 0x3a;

/** Whether a request names, by its ARN, a table of another account than `account`. */
export const namesForeignTable = (body: Uint8Array, account: string): boolean => {
  if (!mayHoldArn(body)) return false;
  const request = readObject(body);
  if (request === undefined) return false;
  return tablesOf(request).some((name) => {
    const place = typeof name === 'string' ? tableReference(name)?.place : undefined;
    return place !== undefined && place.account !== account;
  });
};

const mayHoldArn = (bytes: Uint8Array): boolean => {
  for (let at = bytes.indexOf(COLON); at !== -1; at = bytes.indexOf(COLON, at + 1)) {
    if (PART_OF_ARN.every((byte, index) => bytes[at + index] === byte)) return true;
  }
  return false;
};

/** What stands where operations name tables. */
const tablesOf = ({ TableName, RequestItems, TransactItems }: JsonObject): readonly unknown[] => [
  TableName,
  ...(isObject(RequestItems) ? Object.keys(RequestItems) : []),
  ...(Array.isArray(TransactItems) ? TransactItems.flatMap(tablesOfAction) : []),
];

/** An action of a transaction is the only member of an object that is named after it. */
const tablesOfAction = (action: unknown): readonly unknown[] =>
  isObject(action) ? Object.values(action).map((part) => (isObject(part) ? part.TableName : undefined)) : [];
