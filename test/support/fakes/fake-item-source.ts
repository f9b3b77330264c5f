import type { Body, EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { SourceTimeoutError } from '../../../src/domain/cache/errors.ts';
import type { Clock } from '../../../src/ports/outbound/clock.ts';
import type {
  BatchAnswer,
  GroupCursor,
  GroupPage,
  ItemSource,
  ReadOptions,
  SourceAnswer,
} from '../../../src/ports/outbound/item-source.ts';
import { Gate } from './gate.ts';

/** A call that the source received. */
export type SourceCall =
  | { readonly method: 'read'; readonly key: EntryKey; readonly want: ReadOptions }
  | { readonly method: 'readMany'; readonly keys: readonly EntryKey[]; readonly want: ReadOptions }
  | {
      readonly method: 'readGroup';
      readonly group: string;
      readonly cursor: GroupCursor;
      readonly want: ReadOptions;
    };

/** The content of an item: one text for all content types, or one for each. */
type Content = string | Readonly<Record<string, string>>;

/**
 * A source in memory. Tests can add items, make calls fail and delay answers.
 * The answer is determined when the call is made, even if it is delayed.
 */
export class FakeItemSource implements ItemSource {
  readonly batchLimit: number;
  /** The most items of one page of a group. */
  pageSize = 2;
  /** All calls so far, including failed ones. */
  readonly calls: SourceCall[] = [];
  readonly #clock: Clock;
  readonly #items = new Map<string, { readonly key: EntryKey; readonly content: Content }>();
  readonly #failures = new Map<string, Error>();
  readonly #skippedOnce = new Set<string>();
  #failure: Error | undefined;
  #nextFailures: Error[] = [];
  #gate: Gate | undefined;

  constructor(clock: Clock, batchLimit = 100) {
    this.#clock = clock;
    this.batchLimit = batchLimit;
  }

  /** Stores an item in the origin. A string is its content in every content type. */
  put(key: EntryKey, content: Content): void {
    this.#items.set(key.text, { key, content });
  }

  remove(key: EntryKey): void {
    this.#items.delete(key.text);
  }

  /** Makes every call fail until `heal`. */
  failWith(error: Error): void {
    this.#failure = error;
  }

  /** Makes one call fail that would otherwise succeed. If it is called twice, two calls fail. */
  failNext(error: Error): void {
    this.#nextFailures.push(error);
  }

  /** Makes calls for `key` fail until `heal`. */
  failFor(key: EntryKey, error: Error): void {
    this.#failures.set(key.text, error);
  }

  heal(): void {
    this.#failure = undefined;
    this.#nextFailures = [];
    this.#failures.clear();
  }

  /** Makes the next `readMany` for these keys return them as unprocessed. */
  leaveUnprocessed(...keys: readonly EntryKey[]): void {
    for (const key of keys) this.#skippedOnce.add(key.text);
  }

  /** Delays the answers of all later calls until the gate is opened. */
  hold(): Gate {
    this.#gate = new Gate();
    return this.#gate;
  }

  countOf(method: SourceCall['method']): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** The same source without `readMany` and `readGroup`. */
  oneByOne(): ItemSource {
    return { read: (key, want) => this.read(key, want) };
  }

  read(key: EntryKey, want: ReadOptions): Promise<SourceAnswer> {
    return this.#answer({ method: 'read', key, want }, [key], () => this.#answerTo(key, want));
  }

  readMany(keys: readonly EntryKey[], want: ReadOptions): Promise<BatchAnswer> {
    return this.#answer({ method: 'readMany', keys, want }, keys, () => {
      const unprocessed = keys.filter((key) => this.#skippedOnce.delete(key.text));
      const answered = keys.filter((key) => !unprocessed.includes(key));
      return { answers: answered.map((key) => this.#answerTo(key, want)), unprocessed };
    });
  }

  readGroup(group: string, cursor: GroupCursor, want: ReadOptions): Promise<GroupPage> {
    return this.#answer({ method: 'readGroup', group, cursor, want }, [], () => {
      const keys = [...this.#items.values()].map(({ key }) => key).filter((key) => key.group === group);
      const part = keys.filter((_, index) => index % cursor.parts === cursor.part);
      const from = typeof cursor.position === 'number' ? cursor.position : 0;
      const to = from + this.pageSize;
      const answers = part.slice(from, to).map((key) => this.#answerTo(key, want));
      return to < part.length ? { answers, next: { ...cursor, position: to } } : { answers };
    });
  }

  async #answer<T>(call: SourceCall, keys: readonly EntryKey[], make: () => T): Promise<T> {
    const { signal } = call.want;
    if (signal.aborted) throw new SourceTimeoutError('the read was given up', { cause: signal.reason });
    this.calls.push(call);
    const failure = this.#failureOf(keys);
    const answer = failure === undefined ? make() : undefined;
    await this.#gate?.pass(signal);
    if (answer === undefined) throw failure;
    return answer;
  }

  #failureOf(keys: readonly EntryKey[]): Error | undefined {
    const keyFailure = keys.map((key) => this.#failures.get(key.text)).find((error) => error !== undefined);
    return this.#failure ?? keyFailure ?? this.#nextFailures.shift();
  }

  #answerTo(key: EntryKey, want: ReadOptions): SourceAnswer {
    const item = this.#items.get(key.text);
    const bodies = item === undefined ? [] : want.contentTypes.map((type) => bodyOf(item.content, type));
    return { key, askedAt: this.#clock.now(), bodies };
  }
}

const bodyOf = (content: Content, contentType: string): Body => {
  const text = typeof content === 'string' ? content : content[contentType];
  if (text === undefined) throw new RangeError(`the test gave no content of the type ${contentType}`);
  return { contentType, bytes: new TextEncoder().encode(text) };
};
