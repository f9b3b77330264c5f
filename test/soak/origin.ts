import type { UpstreamCall } from '../../src/adapters/dynamodb/dynamodb-upstream.ts';
import type { AttributeMap } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { Chance } from '../support/chance.ts';
import type { Ledger } from './ledger.ts';
import { keyOf, nameOfKey, type Place } from './place.ts';
import { type Content, type Ending, type Question, typedText } from './question.ts';
import type { SoakTable } from './tables.ts';

/** What a Scan answers at most. */
const PAGE_SIZE = 10;

/** One call under way. */
export interface OpenCall {
  readonly table: string;
  /** The body of the answer, if there is to be one. */
  readonly text: string;
  /** Says how it ended; only the first time counts. */
  end(how: Ending): void;
}

/** The tables as DynamoDB holds them. Every answer bears the id of the question that it answers. */
export class Origin {
  readonly #tables: ReadonlyMap<string, SoakTable>;
  readonly #places: ReadonlyMap<string, Place>;
  readonly #contents = new Map<string, Content>();
  readonly #ledger: Ledger;
  readonly #chance: Chance;
  #questions = 0;
  /** Whether what is asked now is asked for by nobody yet. */
  isPreloading = () => false;

  constructor(places: readonly Place[], ledger: Ledger, chance: Chance) {
    this.#places = new Map(places.map((place) => [place.name, place]));
    this.#tables = new Map(places.map(({ table }) => [table.name, table]));
    this.#ledger = ledger;
    this.#chance = chance;
  }

  /** Writes a new version of a row, or removes it, behind the cache's back. */
  write({ name }: Place, content: Content | undefined): void {
    if (content === undefined) this.#contents.delete(name);
    else this.#contents.set(name, content);
  }

  /** Reads the rows that the call asks for, now. */
  ask(call: UpstreamCall): OpenCall {
    switch (call.operation) {
      case 'GetItem': {
        const { TableName, Key } = call.input;
        const question = this.#question(this.#placeOf(TableName, Key), call.operation);
        this.#refuseSecondFlight(question);
        const text = question.content === undefined ? '{}' : `{"Item":${typedText(question)}}`;
        return this.#open(TableName, [question], text);
      }
      case 'BatchGetItem':
        return this.#askBatch(call.input.RequestItems);
      case 'Scan':
        return this.#askPage(call.input);
    }
  }

  #askBatch(items: Readonly<Record<string, { readonly Keys: readonly AttributeMap[] }>>): OpenCall {
    const [[table, { Keys }] = ['', { Keys: [] }]] = Object.entries(items);
    const questions = Keys.map((key) => this.#question(this.#placeOf(table, key), 'BatchGetItem'));
    const skipped = questions.filter(() => this.#chance.oneIn(10));
    const found = questions
      .filter((one) => one.content !== undefined && !skipped.includes(one))
      .map(typedText);
    const rest = { [table]: { Keys: skipped.map(({ place }) => keyOf(place)) } };
    const unprocessed = skipped.length === 0 ? '{}' : JSON.stringify(rest);
    const text = `{"Responses":{${JSON.stringify(table)}:[${found.join(',')}]},"UnprocessedKeys":${unprocessed}}`;
    return this.#open(table, questions, text, skipped);
  }

  #askPage(input: Extract<UpstreamCall, { operation: 'Scan' }>['input']): OpenCall {
    const { TableName, Segment = 0, TotalSegments = 1, ExclusiveStartKey, Limit } = input;
    const segment = [...this.#places.values()]
      .filter(({ table }) => table.name === TableName)
      .filter((_, index) => index % TotalSegments === Segment);
    const last = ExclusiveStartKey && this.#placeOf(TableName, ExclusiveStartKey);
    const start = last === undefined ? 0 : segment.indexOf(last) + 1;
    const page = segment.slice(start, start + (Limit ?? PAGE_SIZE));
    const questions = page
      .filter(({ name }) => this.#contents.has(name))
      .map((place) => this.#question(place, 'Scan'));
    const end = page.at(-1);
    // A page that reaches its limit tells where it ended, even if nothing follows.
    const isLast =
      end === undefined || (Limit === undefined ? start + PAGE_SIZE >= segment.length : page.length < Limit);
    const next = isLast ? '' : `,"LastEvaluatedKey":${JSON.stringify(keyOf(end))}`;
    return this.#open(TableName, questions, `{"Items":[${questions.map(typedText).join(',')}]${next}}`);
  }

  #placeOf(tableName: string, key: AttributeMap): Place {
    const table = this.#tables.get(tableName);
    const place = table && this.#places.get(nameOfKey(table, key));
    if (place !== undefined) return place;
    this.#ledger.faults.push(
      `DynamoDB was asked for ${JSON.stringify(key)} of ${tableName}, which nobody wanted`,
    );
    throw new RangeError('no such place');
  }

  #question(place: Place, operation: Question['operation']): Question {
    this.#questions += 1;
    return {
      id: this.#questions,
      place,
      operation,
      isPreload: this.isPreloading() && operation !== 'GetItem',
      asked: this.#ledger.moment(),
      content: this.#contents.get(place.name),
      tags: new Map(),
    };
  }

  #refuseSecondFlight({ place }: Question): void {
    if (!this.#ledger.seesAllEnds) return;
    const { questions } = this.#ledger.placeHistory(place);
    if (questions.some(({ operation, end }) => operation === 'GetItem' && end === undefined))
      this.#ledger.faults.push(`two reads of ${place.name} were in the air at the same time`);
  }

  /** @param skipped the questions that even an answer leaves open */
  #open(
    table: string,
    questions: readonly Question[],
    text: string,
    skipped: readonly Question[] = [],
  ): OpenCall {
    const isPreload = questions.some((question) => question.isPreload);
    this.#ledger.begin(questions);
    let isOpen = true;
    const end = (how: Ending) => {
      if (!isOpen) return;
      isOpen = false;
      this.#ledger.end(table, questions, how, { isPreload, skipped });
    };
    return { table, text, end };
  }

  /** How many questions there were. */
  get questions(): number {
    return this.#questions;
  }
}
