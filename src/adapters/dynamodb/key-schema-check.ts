import { GroupRefusedError, SourceUnavailableError } from '../../domain/cache/errors.ts';
import type { AttributeMap } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { rawPage } from '../../domain/dynamodb/json/raw-answer.ts';
import type { KeyAttribute, TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import type { GroupCheck } from '../../ports/outbound/item-source.ts';

/**
 * Compares the configured keys of a table with its real ones, by the response to a Scan of one item: DynamoDB ends a page at
 * its limit with a `LastEvaluatedKey`, which contains exactly the key attributes of the table.
 *
 * @throws {GroupRefusedError} if they differ; the message names attributes and types, never values
 * @throws {SourceUnavailableError} if the response cannot be read or does not contain the keys
 */
export const checkKeySchema = (spec: TableSpec, answer: Uint8Array): GroupCheck => {
  const { items, lastKey } = rawPage(answer);
  const [first] = items;
  if (lastKey !== undefined) {
    compare(spec, JSON.parse(lastKey));
    return { isEmpty: false };
  }
  if (first === undefined) return { isEmpty: true };
  throw new SourceUnavailableError(
    `the answer to a Scan of the table ${spec.table} does not tell its keys, so nothing of it is stored ahead`,
  );
};

const compare = (spec: TableSpec, key: AttributeMap): void => {
  const { hashKey, sortKey } = spec;
  const configured = sortKey === undefined ? [hashKey] : [hashKey, sortKey];
  const found = Object.entries(key).map(([name, value]) => `${name} (${Object.keys(value).join('')})`);
  if (isSame(found, configured.map(shown))) return;
  throw new GroupRefusedError(
    `the key attributes of the table ${spec.table} are ${inWords(found)}, but the configuration says ` +
      `${inWords(configured.map(shown))}: correct hashKey, sortKey and their types, and start again`,
  );
};

const shown = ({ name, type }: KeyAttribute): string => `${name} (${type})`;

const isSame = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && right.every((each) => left.includes(each));

const inWords = (names: readonly string[]): string => names.join(' and ');
