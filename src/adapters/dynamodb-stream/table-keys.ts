import { isListOf, isText, parseAwsObject, required } from '../../domain/named-values/aws-answer.ts';
import { isObject } from '../../domain/json/json-object.ts';
import type { KeyNames } from '../../domain/dynamodb/model/recorded-key.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { JsonService } from '../aws/json-service.ts';

export interface TableKeysParts {
  readonly upstream: Pick<JsonService, 'send'>;
  /** What `TABLE_KEYS` says of all tables. */
  readonly configured: KeyNames;
  /** Time-out of the call. */
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/**
 * The names of the key attributes of tables. A record has the key attributes without their order, and with exchanged names
 * the function would announce other items than those that changed. So it asks DynamoDB once for each table, and uses the
 * configured names only if it gets no answer.
 */
export class TableKeys {
  readonly #parts: TableKeysParts;
  readonly #known = new Map<string, Promise<KeyNames>>();

  constructor(parts: TableKeysParts) {
    this.#parts = parts;
  }

  /**
   * Never rejects.
   *
   * @param table its name, or the ARN of a table of another account
   */
  of(table: string, region: string): Promise<KeyNames> {
    const place = `${region}/${table}`;
    const known = this.#known.get(place) ?? this.#ask(table, region, () => this.#known.delete(place));
    this.#known.set(place, known);
    return known;
  }

  /** @param askAgain makes the next batch ask again */
  async #ask(table: string, region: string, askAgain: () => void): Promise<KeyNames> {
    const { upstream, configured, timeoutMs, logger } = this.#parts;
    const call = { operation: 'DescribeTable', input: { TableName: table } };
    let described: KeyNames;
    try {
      described = keyNamesIn(await upstream.send(call, region, AbortSignal.timeout(timeoutMs)));
    } catch (error) {
      // A permission that is missing stays so; a time-out or throttling passes.
      if (!(error instanceof Error && error.name === 'AccessDeniedException')) askAgain();
      logger.warn('TABLE_KEYS was not compared with the table, which takes dynamodb:DescribeTable on it', {
        table,
        error,
      });
      return configured;
    }
    if (described.hash !== configured.hash || described.sort !== configured.sort) {
      logger.error('TABLE_KEYS is not the key of the table; the function uses that of the table', {
        table,
        configured: textOf(configured),
        used: textOf(described),
      });
    }
    return described;
  }
}

const textOf = ({ hash, sort }: KeyNames): string => (sort === undefined ? hash : `${hash},${sort}`);

/** @throws {UnreadableValueError} if it is no answer to DescribeTable */
const keyNamesIn = (answer: Uint8Array): KeyNames => {
  const schema = required(
    required(parseAwsObject(answer), 'Table', isObject),
    'KeySchema',
    isListOf(isObject),
  );
  const nameOf = (type: string) =>
    schema.flatMap((each) => (each.KeyType === type ? required(each, 'AttributeName', isText) : []))[0];
  const [hash = '', sort] = [nameOf('HASH'), nameOf('RANGE')];
  return sort === undefined ? { hash } : { hash, sort };
};
