/*
 * The items of the bench. The name of a table says what it holds: `Items-350-1000` has a thousand items whose plain JSON is
 * 350 bytes long, under the keys `0` to `999`.
 */

/** The name of the table that holds `count` items of `bytes` bytes. */
export const tableOf = (bytes, count) => `Items-${bytes}-${count}`;

/** What the name of a table says. */
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

/** An item as DynamoDB writes it. */
export const typedJson = (id, bytes) =>
  `{"payload":{"S":"${payloadOf(id, bytes)}"},"active":{"BOOL":true},"id":{"S":"${id}"},"price":{"N":"12.50"}}`;

/** The same as the AWS SDK takes it. */
export const typedItem = (id, bytes) => JSON.parse(typedJson(id, bytes));

/** Where the extension answers an item. */
export const targetOf = (table, id) => `/dynamodb?name=${table}@@${id}`;
