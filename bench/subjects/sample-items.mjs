/*
 * The items of the bench. A table's name defines its content: `Items-350-1000` has a thousand items with 350 bytes of plain
 * JSON, under the keys `0` to `999`.
 */

/** The name of the table with `count` items of `bytes` bytes. */
export const tableOf = (bytes, count) => `Items-${bytes}-${count}`;

/** Parses the name of a table. */
export const contentsOf = (table) => {
  const [, bytes, count] = /^Items-(\d+)-(\d+)$/.exec(table) ?? [];
  return { bytes: Number(bytes), count: Number(count) };
};

const FRAME = '{"active":true,"id":"","payload":"","price":12.50}'.length;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789 '.repeat(32);

const payloadOf = (id, bytes) => {
  const length = bytes - FRAME - id.length;
  const start = Number(id) % 37;
  return LETTERS.slice(start, start + length).padEnd(length, LETTERS);
};

/** An item in DynamoDB JSON. */
export const typedJson = (id, bytes) =>
  `{"payload":{"S":"${payloadOf(id, bytes)}"},"active":{"BOOL":true},"id":{"S":"${id}"},"price":{"N":"12.50"}}`;

/** An item in the form of the AWS SDK. */
export const typedItem = (id, bytes) => JSON.parse(typedJson(id, bytes));

/** The extension's request target for an item. */
export const targetOf = (table, id) => `/dynamodb?name=${table}@@${id}`;
