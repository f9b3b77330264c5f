import { SourceThrottledError } from '../../domain/cache/errors.ts';
import { TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { rawItem, rawMembers } from '../../domain/dynamodb/json/raw-answer.ts';
import { itemBypassReason } from '../../domain/dynamodb/operations/bypass-reason.ts';
import {
  composedAnswer,
  demandsConsistency,
  getItemRequest,
  type ParsedGetItem,
  getItemResponse,
} from '../../domain/dynamodb/operations/get-item.ts';
import { type JsonObject, readObject } from '../../domain/json/json-object.ts';
import type { ReadResult } from '../../ports/inbound/item-reader.ts';
import { NotForwardedError, type WireAnswer } from '../../ports/inbound/wire-operations.ts';
import { StillThrottledError } from '../reading/read-item.ts';
import { CircuitOpenError } from '../source-access/circuit-breaker.ts';
import {
  type AdmittedOperations,
  type AdmittedRequest,
  bypass,
  DYNAMODB_JSON,
  type EndpointParts,
  whenDecided,
} from './admitted-operations.ts';
import { AdmittedOperation } from './authorize-caller.ts';
import {
  discard,
  isAccessDenied,
  isTooHeavyToRead,
  isTooLargeToRead,
  readAnswer,
  READ_FAILURES,
  readBody,
  requestedItem,
  storeItem,
  withBody,
} from './read-answer.ts';
import type { ShadowReads } from './shadow-reads.ts';

const encoder = new TextEncoder();

/** Answers `GetItem` through the cache if DynamoDB could give the same answer; otherwise forwards it. */
export class AnswerItem implements AdmittedOperations {
  readonly #parts: EndpointParts;
  readonly #observer: ShadowReads;

  /** @param observer handles reads of tables in `mode: observe` */
  constructor(parts: EndpointParts, observer: ShadowReads) {
    this.#parts = parts;
    this.#observer = observer;
  }

  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer> {
    const { cache, tables } = this.#parts;
    if (demandsConsistency(request.body)) return bypass(this.#parts, request, 'consistent_read');
    const body = readObject(request.body);
    if (body === undefined) return bypass(this.#parts, request, 'not_plain');
    const question = getItemRequest(body, tables, request.caller);
    if (question === undefined) {
      return bypass(this.#parts, request, itemBypassReason(body, tables, request.caller));
    }
    if (!cache.gate.isOpen) return bypass(this.#parts, request, 'before_first_invocation');
    if (question.table.spec.isObserved === true) return this.#observe(request, question);
    if (question.capacity !== 'NONE')
      return whenDecided(this.#parts, [question.key.group], () =>
        this.#answerWithCapacity(request, body, question),
      );
    try {
      const result = cache.reader.read(question.key, DYNAMODB_JSON);
      if (!('then' in result)) return answerFrom(question, result);
      return result.then(
        (settled) => answerFrom(question, settled),
        (error: unknown) => {
          // DynamoDB was asked in this request already. A second call would make it worse.
          if (error instanceof SourceThrottledError && !(error instanceof StillThrottledError)) throw error;
          return this.#forwardAfterFailure(request, body, question, error);
        },
      );
    } catch (error) {
      return this.#forwardAfterFailure(request, body, question, error);
    }
  }

  #observe(request: AdmittedRequest, { table, tableName, key, wanted }: ParsedGetItem): Promise<WireAnswer> {
    this.#parts.cache.forwards.count('observe_mode');
    const part = { table, tableName, keys: [key], wanted };
    return this.#observer.observe(request, [part], (answer) => {
      const item = wanted === 'everything' ? requestedItem(rawItem(answer), table, key) : rawItem(answer);
      return [() => ({ item })];
    });
  }

  /**
   * Forwards a read that the cache failed to answer, so that the client receives DynamoDB's own error.
   *
   * @throws {NotForwardedError} if DynamoDB does not respond at the moment: the client would only wait
   */
  #forwardAfterFailure(
    request: AdmittedRequest,
    body: JsonObject,
    { key }: ParsedGetItem,
    failure: unknown,
  ): WireAnswer | Promise<WireAnswer> {
    const { cache, forward } = this.#parts;
    if (failure instanceof CircuitOpenError) throw new NotForwardedError(failure.message, { cause: failure });
    cache.forwards.count('cache_read_failed');
    if (!cache.recentWrites.isRecent(key)) return forward.execute(request);
    return forward.execute(withBodyOf(request, { ...body, ConsistentRead: true }));
  }

  /** A miss that requests `ReturnConsumedCapacity` needs its own upstream call, because only that reports its capacity. */
  #answerWithCapacity(
    request: AdmittedRequest,
    body: JsonObject,
    question: ParsedGetItem,
  ): WireAnswer | Promise<WireAnswer> {
    const { reader, forwardedReads } = this.#parts.cache;
    const cached = reader.getCached(question.key, DYNAMODB_JSON);
    if (cached !== undefined) return answerFrom(question, cached);
    return forwardedReads.answer({
      groups: [question.key.group],
      forward: () => this.#forwardWithCapacity(request, body, question),
      stale: () => {
        const stale = reader.getStaleIfError(question.key, DYNAMODB_JSON);
        return stale && answerFrom(question, stale);
      },
      ...READ_FAILURES,
    });
  }

  async #forwardWithCapacity(
    request: AdmittedRequest,
    body: JsonObject,
    { key, table, wanted, capacity }: ParsedGetItem,
  ): Promise<WireAnswer> {
    const { cache, forward } = this.#parts;
    const read = cache.sideLoad.begin(key.group, [key], TYPED);
    try {
      const consistency = read.isConsistent || table.spec.consistentRead ? { ConsistentRead: true } : {};
      const minimal = withBodyOf(request, {
        TableName: body.TableName,
        Key: body.Key,
        ReturnConsumedCapacity: capacity,
        ...consistency,
        ...table.projection.request,
      });
      const asRequested = () => forward.execute(withBodyOf(request, { ...body, ...consistency }));
      const answer = await forward.execute(minimal);
      if (wanted !== 'everything' && isAccessDenied(answer)) {
        cache.forwards.count('cache_read_failed');
        return await asRequested();
      }
      if (answer.status !== 200) return answer;
      const bytes = isTooLargeToRead(answer) ? undefined : await readBody(answer);
      if (bytes === undefined || isTooHeavyToRead(bytes)) {
        if (wanted === 'everything') return bytes === undefined ? answer : { ...answer, body: bytes };
        if (bytes === undefined) await discard(answer);
        return await asRequested();
      }
      const item = readAnswer(answer, () => requestedItem(rawItem(bytes), table, key));
      storeItem(read, table, key, item);
      return withBody(answer, composedAnswer(wanted, item?.json, rawMembers(bytes).get('ConsumedCapacity')));
    } finally {
      read.end();
    }
  }
}

const answerFrom = (question: ParsedGetItem, result: ReadResult): WireAnswer => ({
  status: 200,
  headers: {},
  body: getItemResponse(question, result.outcome === 'found' ? result.body.bytes : undefined),
});

const withBodyOf = (request: AdmittedRequest, body: JsonObject): AdmittedRequest =>
  new AdmittedOperation(request, request.caller, encoder.encode(JSON.stringify(body)));
