import { EntryKey } from '../../domain/cache/cache-entry.ts';
import { TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import { TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { rawMembers } from '../../domain/dynamodb/json/raw-answer.ts';
import { readObject } from '../../domain/dynamodb/json/wire-json.ts';
import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import {
  type ForwardReason,
  queriedTable,
  queryBypassReason,
} from '../../domain/dynamodb/operations/bypass-reason.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { RecentWrites } from '../storing/recent-writes.ts';
import type { AdmittedOperations, AdmittedRequest, EndpointParts } from './admitted-operations.ts';
import { answerOf, isTooHeavyToRead, isTooLargeToRead, readBodyUnlessLong } from './read-body.ts';
import { ifReadable, unusable } from './readably.ts';

/** Answers a `Query` as it was answered before, where the table allows that; otherwise passes it on. */
export class AnswerQuery implements AdmittedOperations {
  readonly #parts: EndpointParts;
  readonly #memory: QueryMemory;
  readonly #isOff: boolean;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.#memory = new QueryMemory(parts.store, parts.cache.recentWrites, parts.clock);
    this.#isOff = !parts.tables.all.some(({ spec }) => (spec.queryTtlMs ?? 0) > 0);
    if (!this.#isOff) parts.cache.invalidator.onInvalidated((group) => this.#memory.forget(group));
  }

  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer> {
    const { cache, tables } = this.#parts;
    if (this.#isOff) return this.#bypass(request, 'no_query_ttl');
    const asked = readObject(request.body);
    const table = asked && queriedTable(asked, tables, request.caller);
    if (table === undefined) {
      return this.#bypass(request, queryBypassReason(asked, tables, request.caller));
    }
    if (!cache.gate.isOpen) return this.#bypass(request, 'before_first_invocation');
    const remembered = this.#memory.recall(table.spec, request.body);
    return remembered === undefined ? this.#ask(request, table.spec) : answerOf(remembered);
  }

  #bypass(request: AdmittedRequest, reason: ForwardReason): WireAnswer | Promise<WireAnswer> {
    this.#parts.cache.forwards.count(reason);
    return this.#parts.forward.execute(request);
  }

  async #ask(request: AdmittedRequest, spec: TableSpec): Promise<WireAnswer> {
    const keep = this.#memory.begin(spec, request.body);
    const answer = await this.#parts.forward.execute(request);
    if (answer.status !== 200 || isTooLargeToRead(answer)) return answer;
    const body = await readBodyUnlessLong(answer);
    if (body === undefined) return this.#parts.forward.execute(request);
    // What is remembered goes out under no header of its own.
    const isPlain = answer.headers['content-encoding'] === undefined;
    if (isPlain && !isTooHeavyToRead(body) && isQueryAnswer(answer, body)) keep(body, TYPED);
    return { ...answer, body };
  }
}

/** Whether it can be an answer to a query, which always counts what it found. */
const isQueryAnswer = (answer: WireAnswer, body: Uint8Array): boolean =>
  ifReadable(answer, () => {
    const members = rawMembers(body);
    if (!members.has('Count') || members.has('__type')) throw unusable();
    return true;
  }) === true;

const decoder = new TextDecoder();

/** Keeps the answer of a query that is being asked, unless a write came in between. */
export type KeepAnswer = (bytes: Uint8Array, contentType: string) => void;

/** Remembers answers to whole queries, for as long as nothing of their table is written or forgotten. */
export class QueryMemory {
  readonly #store: CacheStore;
  readonly #marks: RecentWrites;
  readonly #clock: Clock;
  /** How often something of a table was forgotten. */
  readonly #changes = new Map<string, number>();

  constructor(store: CacheStore, marks: RecentWrites, clock: Clock) {
    this.#store = store;
    this.#marks = marks;
    this.#clock = clock;
  }

  /** The answer to the query that these bytes write. */
  recall(spec: TableSpec, query: Uint8Array): Uint8Array | undefined {
    const entry = this.#store.get(keyOf(spec, query));
    if (entry?.readOrder !== this.#changesOf(spec.name)) return undefined;
    const lookup = policyOf(spec).lookup(entry, this.#clock.now());
    return lookup.outcome === 'hit' ? lookup.entry.bodies[0]?.bytes : undefined;
  }

  /** The query is asked now. */
  begin(spec: TableSpec, query: Uint8Array): KeepAnswer {
    const storedAt = this.#clock.now();
    const readOrder = this.#changesOf(spec.name);
    // An answer that may lag behind a write is right for who asked, but for nobody after that.
    if (this.#marks.isGroupRecent(spec.name)) return () => undefined;
    return (bytes, contentType) => {
      if (readOrder !== this.#changesOf(spec.name)) return;
      const body = { contentType, bytes, digest: '' };
      const key = keyOf(spec, query);
      this.#store.put({ key, storedAt, readOrder, bodies: [body], jitter: 0, refused: false });
    };
  }

  /**
   * Something of the table was forgotten. Answers of before are left to the store, like those that expire: to look for
   * them among all entries would keep everybody waiting at each write.
   */
  forget(table: string): void {
    this.#changes.set(table, this.#changesOf(table) + 1);
  }

  #changesOf(table: string): number {
    return this.#changes.get(table) ?? 0;
  }
}

/** No name of a table holds a question mark. */
const keyOf = ({ name }: TableSpec, query: Uint8Array): EntryKey =>
  new EntryKey(`${name}?query`, decoder.decode(query));

const policyOf = ({ queryTtlMs = 0 }: TableSpec): TtlPolicy =>
  new TtlPolicy({ ttlMs: queryTtlMs, negativeTtlMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 });
