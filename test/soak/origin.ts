import type { UpstreamCall } from '../../src/adapters/dynamodb/dynamodb-upstream.ts';
import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { Chance } from '../support/chance.ts';
import type { Ending } from '../support/model/read-history.ts';
import type { SourceLedger } from './ledger.ts';
import { type Content, type SourceRead, typedText } from './source-read.ts';
import { keyOf, type RowKey, rowNameOf, type SoakTable } from './tables.ts';

/** The items of a page of a Scan. */
const PAGE_SIZE = 10;

/** A call under way. */
interface OpenCall {
  readonly table: string;
  /** The body of a successful answer. */
  readonly text: string;
  /** Records how it ended; only the first call counts. */
  end(how: Ending): void;
}

/** The tables of DynamoDB. Every answer contains the id of its read. */
export class Origin {
  readonly #tables: ReadonlyMap<string, SoakTable>;
  readonly #rows: ReadonlyMap<string, RowKey>;
  readonly #contents = new Map<string, Content>();
  readonly #ledger: SourceLedger;
  readonly #chance: Chance;
  #reads = 0;
  /** Whether the program is preloading. */
  isPreloading = () => false;

  constructor(rows: readonly RowKey[], ledger: SourceLedger, chance: Chance) {
    this.#rows = new Map(rows.map((row) => [row.name, row]));
    this.#tables = new Map(rows.map(({ table }) => [table.name, table]));
    this.#ledger = ledger;
    this.#chance = chance;
  }

  /** Writes or removes a row without the knowledge of the cache. */
  write({ name }: RowKey, content: Content | undefined): void {
    if (content === undefined) this.#contents.delete(name);
    else this.#contents.set(name, content);
  }

  /** Reads the requested rows. */
  ask(call: UpstreamCall): OpenCall {
    switch (call.operation) {
      case 'GetItem': {
        const { TableName, Key } = call.input;
        const read = this.#read(this.#rowOf(TableName, Key), true);
        this.#refuseSecondFlight(read);
        const text = read.content === undefined ? '{}' : `{"Item":${typedText(read)}}`;
        return this.#open(TableName, [read], text);
      }
      case 'BatchGetItem':
        return this.#askBatch(call.input.RequestItems);
      case 'Scan':
        return this.#askPage(call.input);
    }
  }

  #askBatch(items: Readonly<Record<string, { readonly Keys: readonly AttributeMap[] }>>): OpenCall {
    const [[table, { Keys }] = ['', { Keys: [] }]] = Object.entries(items);
    const reads = Keys.map((key) => this.#read(this.#rowOf(table, key), false));
    const skipped = reads.filter(() => this.#chance.oneIn(10));
    const found = reads.filter((one) => one.content !== undefined && !skipped.includes(one)).map(typedText);
    const rest = { [table]: { Keys: skipped.map(({ row }) => keyOf(row)) } };
    const unprocessed = skipped.length === 0 ? '{}' : JSON.stringify(rest);
    const text = `{"Responses":{${JSON.stringify(table)}:[${found.join(',')}]},"UnprocessedKeys":${unprocessed}}`;
    return this.#open(table, reads, text, skipped);
  }

  #askPage(input: Extract<UpstreamCall, { operation: 'Scan' }>['input']): OpenCall {
    const { TableName, Segment = 0, TotalSegments = 1, ExclusiveStartKey, Limit } = input;
    const segment = [...this.#rows.values()]
      .filter(({ table }) => table.name === TableName)
      .filter((_, index) => index % TotalSegments === Segment);
    const last = ExclusiveStartKey && this.#rowOf(TableName, ExclusiveStartKey);
    const start = last === undefined ? 0 : segment.indexOf(last) + 1;
    const page = segment.slice(start, start + (Limit ?? PAGE_SIZE));
    const reads = page.filter(({ name }) => this.#contents.has(name)).map((row) => this.#read(row, false));
    const end = page.at(-1);
    // As in DynamoDB, a page that reaches its limit has a `LastEvaluatedKey` even if nothing follows.
    const isLast =
      end === undefined || (Limit === undefined ? start + PAGE_SIZE >= segment.length : page.length < Limit);
    const next = isLast ? '' : `,"LastEvaluatedKey":${JSON.stringify(keyOf(end))}`;
    return this.#open(TableName, reads, `{"Items":[${reads.map(typedText).join(',')}]${next}}`);
  }

  #rowOf(tableName: string, key: AttributeMap): RowKey {
    const table = this.#tables.get(tableName);
    const row = table && this.#rows.get(rowNameOf(table, key));
    if (row !== undefined) return row;
    this.#ledger.faults.push(
      `DynamoDB was asked for ${JSON.stringify(key)} of ${tableName}, which nobody wanted`,
    );
    throw new RangeError('no such row');
  }

  #read(row: RowKey, isSingle: boolean): SourceRead {
    this.#reads += 1;
    return {
      id: this.#reads,
      row,
      isSingle,
      isPreload: this.isPreloading() && !isSingle,
      asked: this.#ledger.moment(),
      content: this.#contents.get(row.name),
      tags: new Map(),
    };
  }

  #refuseSecondFlight({ row }: SourceRead): void {
    if (!this.#ledger.seesAllEnds) return;
    if (this.#ledger.historyOf(row).underWay > 0)
      this.#ledger.faults.push(`two reads of ${row.name} were in the air at the same time`);
  }

  /** @param skipped the reads that the answer leaves unprocessed */
  #open(
    table: string,
    reads: readonly SourceRead[],
    text: string,
    skipped: readonly SourceRead[] = [],
  ): OpenCall {
    const isPreload = reads.some((read) => read.isPreload);
    this.#ledger.begin(reads);
    let isOpen = true;
    const end = (how: Ending) => {
      if (!isOpen) return;
      isOpen = false;
      this.#ledger.end(table, reads, how, { isPreload, skipped });
    };
    return { table, text, end };
  }

  /** The number of reads so far. */
  get reads(): number {
    return this.#reads;
  }
}
