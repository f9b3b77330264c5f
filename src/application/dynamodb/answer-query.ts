import { EntryKey } from '../../domain/cache/cache-entry.ts';
import { TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import { TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { rawMembers } from '../../domain/dynamodb/json/raw-answer.ts';
import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import { queriedTable, queryBypassReason } from '../../domain/dynamodb/operations/bypass-reason.ts';
import { type JsonObject, readObject } from '../../domain/json/json-object.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { RecentWrites } from '../storing/recent-writes.ts';
import {
  type AdmittedOperations,
  type AdmittedRequest,
  bypass,
  type EndpointParts,
  whenDecided,
} from './admitted-operations.ts';
import { AdmittedOperation } from './authorize-caller.ts';
import {
  answerOf,
  isTooHeavyToRead,
  isTooLargeToRead,
  readAnswerIfUsable,
  readBodyUnlessLong,
  unusableAnswer,
} from './read-answer.ts';

/** Answers a `Query` with the cached answer to the same query if the table has `queryTtl`; otherwise forwards it. */
export class AnswerQuery implements AdmittedOperations {
  readonly #parts: EndpointParts;
  readonly #queryCache: QueryCache;
  readonly #isDisabled: boolean;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.#queryCache = new QueryCache(parts.store, parts.cache.recentWrites, parts.clock);
    this.#isDisabled = !parts.tables.all.some(({ spec }) => (spec.queryTtlMs ?? 0) > 0);
    if (!this.#isDisabled)
      parts.cache.invalidator.onInvalidated((group) => this.#queryCache.invalidate(group));
  }

  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer> {
    const { cache, tables } = this.#parts;
    if (this.#isDisabled) return bypass(this.#parts, request, 'no_query_ttl');
    const body = readObject(request.body);
    const table = body && queriedTable(body, tables, request.caller);
    if (body === undefined || table === undefined) {
      return bypass(this.#parts, request, queryBypassReason(body, tables, request.caller));
    }
    if (!cache.gate.isOpen) return bypass(this.#parts, request, 'before_first_invocation');
    return whenDecided(this.#parts, [table.spec.name], () => this.#answer(request, table.spec, body));
  }

  /** @param query the body of the request */
  #answer(request: AdmittedRequest, spec: TableSpec, query: JsonObject): WireAnswer | Promise<WireAnswer> {
    const mayUseMemory = this.#parts.cache.coherence?.mayUseMemory(spec.name) !== false;
    const cached = mayUseMemory ? this.#queryCache.get(spec, request.body) : undefined;
    return cached === undefined ? this.#forwardAndStore(request, spec, query) : answerOf(cached);
  }

  async #forwardAndStore(request: AdmittedRequest, spec: TableSpec, query: JsonObject): Promise<WireAnswer> {
    const asSent = consistentIf(spec, request, query);
    const store = this.#queryCache.begin(spec, request.body);
    const answer = await this.#parts.forward.execute(asSent);
    if (answer.status !== 200 || isTooLargeToRead(answer)) return answer;
    const body = await readBodyUnlessLong(answer);
    if (body === undefined) return this.#parts.forward.execute(asSent);
    // A cached answer is served without DynamoDB's headers.
    const isPlain = answer.headers['content-encoding'] === undefined;
    if (isPlain && !isTooHeavyToRead(body) && isQueryAnswer(answer, body)) store(body, TYPED);
    return { ...answer, body };
  }
}

const encoder = new TextEncoder();

/** The query made consistent if its table has `consistentRead`. Of an index unchanged, because it may have no consistent reads. */
const consistentIf = (
  { consistentRead }: TableSpec,
  request: AdmittedRequest,
  query: JsonObject,
): AdmittedRequest =>
  consistentRead && !Object.hasOwn(query, 'IndexName')
    ? new AdmittedOperation(
        request,
        request.caller,
        encoder.encode(JSON.stringify({ ...query, ConsistentRead: true })),
      )
    : request;

/** Whether the body is a query answer, which always has `Count`, and not an error. */
const isQueryAnswer = (answer: WireAnswer, body: Uint8Array): boolean =>
  readAnswerIfUsable(answer, () => {
    const members = rawMembers(body);
    if (!members.has('Count') || members.has('__type')) throw unusableAnswer();
    return true;
  }) === true;

const decoder = new TextDecoder();

/** Stores the answer to a running query, unless an invalidation has come in between. */
export type StoreQueryAnswer = (bytes: Uint8Array, contentType: string) => void;

/** Caches the answers to whole queries. An invalidation within a table expires all its cached answers. */
class QueryCache {
  readonly #store: CacheStore;
  readonly #recentWrites: RecentWrites;
  readonly #clock: Clock;
  /** The number of invalidations of each table. */
  readonly #versions = new Map<string, number>();

  constructor(store: CacheStore, marks: RecentWrites, clock: Clock) {
    this.#store = store;
    this.#recentWrites = marks;
    this.#clock = clock;
  }

  /** The cached answer to a query with exactly this body. */
  get(spec: TableSpec, query: Uint8Array): Uint8Array | undefined {
    const entry = this.#store.get(keyOf(spec, query));
    if (entry?.readOrder !== this.#versionOf(spec.name)) return undefined;
    const lookup = policyOf(spec).lookup(entry, this.#clock.now());
    return lookup.outcome === 'hit' ? lookup.entry.bodies[0]?.bytes : undefined;
  }

  /** The query begins now. */
  begin(spec: TableSpec, query: Uint8Array): StoreQueryAnswer {
    const storedAt = this.#clock.now();
    // These entries are not ordered by reads: `readOrder` holds the version of the table's items that the query saw.
    const readOrder = this.#versionOf(spec.name);
    // The answer may miss a recent write: correct for this client, but not for later ones.
    if (this.#recentWrites.isGroupRecent(spec.name)) return () => undefined;
    return (bytes, contentType) => {
      if (readOrder !== this.#versionOf(spec.name)) return;
      const body = { contentType, bytes, digest: '' };
      const key = keyOf(spec, query);
      this.#store.put({ key, storedAt, readOrder, bodies: [body], jitter: 0, refused: false });
    };
  }

  /**
   * Expires the cached answers of the table. The store evicts them later: a search among all entries would block other
   * requests at each write.
   */
  invalidate(table: string): void {
    this.#versions.set(table, this.#versionOf(table) + 1);
  }

  #versionOf(table: string): number {
    return this.#versions.get(table) ?? 0;
  }
}

/** A table name contains no question mark, so the group of a table's queries differs from that of every table's items. */
const keyOf = ({ name }: TableSpec, query: Uint8Array): EntryKey =>
  new EntryKey(`${name}?query`, decoder.decode(query));

const policyOf = ({ queryTtlMs = 0 }: TableSpec): TtlPolicy =>
  new TtlPolicy({ ttlMs: queryTtlMs, negativeTtlMs: 0, staleWhileRevalidateMs: 0, staleIfErrorMs: 0 });
