import { SourceRefusedError } from '../../../domain/cache/errors.ts';
import { isObject, type JsonObject } from '../../../domain/json/json-object.ts';
import { isListOf, isText, required } from '../../../domain/named-values/aws-answer.ts';
import { ServiceError } from '../../aws/service-errors.ts';
import { JournalCalls, type JournalPlace } from './dynamodb-journal.ts';
import { JOURNAL_KEY, pagesQuery } from './journal-item.ts';

/** What DynamoDB says of the table. */
export interface JournalTableState {
  /** Such as `CREATING` or `ACTIVE`. */
  readonly status: string;
  /** Such as `table (S), page (N)`. */
  readonly key: string;
}

/** The key that the table must have. */
export const REQUIRED_KEY = `${JOURNAL_KEY.scope} (S), ${JOURNAL_KEY.page} (N)`;

const CALL_TIMEOUT_MS = 10_000;

const deadline = (): AbortSignal => AbortSignal.timeout(CALL_TIMEOUT_MS);

/** The table of the journal, for people who create and inspect it. The extension itself needs none of these calls. */
export class JournalTable {
  readonly #calls: JournalCalls;

  constructor(place: JournalPlace) {
    this.#calls = new JournalCalls(place);
  }

  /** Creates the table, which takes some seconds; resolves with false if it exists already. */
  async create(): Promise<boolean> {
    const input = {
      AttributeDefinitions: [
        { AttributeName: JOURNAL_KEY.scope, AttributeType: 'S' },
        { AttributeName: JOURNAL_KEY.page, AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: JOURNAL_KEY.scope, KeyType: 'HASH' },
        { AttributeName: JOURNAL_KEY.page, KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    };
    try {
      await this.#calls.call('CreateTable', input, () => undefined, deadline());
      return true;
    } catch (error) {
      if (isNamed(error, 'ResourceInUseException')) return false;
      throw error;
    }
  }

  /** Resolves with undefined if there is no such table. */
  async state(): Promise<JournalTableState | undefined> {
    try {
      return await this.#calls.call('DescribeTable', {}, stateIn, deadline());
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  }

  /** All items, in DynamoDB's typed JSON. */
  async items(): Promise<readonly JsonObject[]> {
    return this.#all('Scan', (startKey) => ({
      ConsistentRead: true,
      ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
    }));
  }

  /** Deletes all pages of a scope. */
  async deleteScope(scope: string): Promise<void> {
    for (const item of await this.#all('Query', (startKey) => pagesQuery(scope, startKey))) {
      const { [JOURNAL_KEY.scope]: hash, [JOURNAL_KEY.page]: range } = item;
      const key = { [JOURNAL_KEY.scope]: hash, [JOURNAL_KEY.page]: range };
      await this.#calls.call('DeleteItem', { Key: key }, () => undefined, deadline());
    }
  }

  async #all(operation: string, input: (startKey: unknown) => object): Promise<readonly JsonObject[]> {
    const items: JsonObject[] = [];
    let startKey: unknown;
    do {
      const read = (answer: JsonObject) => {
        items.push(...required(answer, 'Items', isListOf(isObject)));
        return answer.LastEvaluatedKey ?? undefined;
      };
      startKey = await this.#calls.call(operation, input(startKey), read, deadline());
    } while (startKey !== undefined);
    return items;
  }
}

const stateIn = (answer: JsonObject): JournalTableState => {
  const table = required(answer, 'Table', isObject);
  const attributes = required(table, 'AttributeDefinitions', isListOf(isObject));
  const types = new Map(attributes.map((each) => [each.AttributeName, each.AttributeType]));
  const schema = required(table, 'KeySchema', isListOf(isObject));
  const names = ['HASH', 'RANGE'].flatMap((type) =>
    schema.filter(({ KeyType }) => KeyType === type).map(({ AttributeName }) => AttributeName),
  );
  return {
    status: required(table, 'TableStatus', isText),
    key: names.map((name) => `${name} (${types.get(name)})`).join(', '),
  };
};

const isNamed = (error: unknown, name: string): boolean =>
  error instanceof SourceRefusedError && error.cause instanceof ServiceError && error.cause.name === name;
