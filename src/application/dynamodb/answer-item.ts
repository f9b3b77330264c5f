import { TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { rawItem, rawMembers } from '../../domain/dynamodb/json/raw-answer.ts';
import { type JsonObject, readObject } from '../../domain/dynamodb/json/wire-json.ts';
import { type ForwardReason, itemBypassReason } from '../../domain/dynamodb/operations/bypass-reason.ts';
import {
  composedAnswer,
  demandsConsistency,
  getItemRequest,
  type ParsedGetItem,
  rememberedAnswer,
} from '../../domain/dynamodb/operations/get-item.ts';

import type { ReadResult } from '../../ports/inbound/item-reader.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import {
  type AdmittedOperations,
  type AdmittedRequest,
  DYNAMODB_JSON,
  type EndpointParts,
} from './admitted-operations.ts';
import { AdmittedOperation } from './authorize-caller.ts';
import {
  discard,
  isTooHeavyToRead,
  isTooLargeToRead,
  readBody,
  staleIfError,
  storeItem,
  withBody,
} from './read-body.ts';

import { askedItem, readably } from './readably.ts';
import type { ShadowReads } from './shadow-reads.ts';

const encoder = new TextEncoder();

/** Answers `GetItem` from memory, which it fills, where the answer is certain to be the one that DynamoDB might give. */
export class AnswerItem implements AdmittedOperations {
  readonly #parts: EndpointParts;
  readonly #observer: ShadowReads;

  /** @param observer takes the reads of tables that are only to be observed */
  constructor(parts: EndpointParts, observer: ShadowReads) {
    this.#parts = parts;
    this.#observer = observer;
  }

  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer> {
    const { cache, tables } = this.#parts;
    if (demandsConsistency(request.body)) return this.#bypass(request, 'consistent_read');
    const asked = readObject(request.body);
    if (asked === undefined) return this.#bypass(request, 'not_plain');
    const question = getItemRequest(asked, tables, request.caller);
    if (question === undefined) {
      return this.#bypass(request, itemBypassReason(asked, tables, request.caller));
    }
    if (!cache.gate.isOpen) return this.#bypass(request, 'before_first_invocation');
    if (question.table.spec.isObserved === true) return this.#observe(request, question);
    if (question.capacity !== 'NONE') return this.#answerWithReport(request, asked, question);
    try {
      const result = cache.reader.read(question.key, DYNAMODB_JSON);
      if (!('then' in result)) return answered(question, result);
      return result.then(
        (landed) => answered(question, landed),
        () => this.#forward(request, asked, question),
      );
    } catch {
      return this.#forward(request, asked, question);
    }
  }

  #bypass(request: AdmittedRequest, reason: ForwardReason): WireAnswer | Promise<WireAnswer> {
    this.#parts.cache.forwards.count(reason);
    return this.#parts.forward.execute(request);
  }

  #observe(request: AdmittedRequest, { table, key, wanted }: ParsedGetItem): Promise<WireAnswer> {
    this.#parts.cache.forwards.count('observe_mode');
    const part = { table, keys: [key], wanted };
    return this.#observer.observe(request, [part], (answer) => {
      const item = wanted === 'everything' ? askedItem(rawItem(answer), table, key) : rawItem(answer);
      return [() => ({ item })];
    });
  }

  /** What cannot be answered is for DynamoDB to say, and so are the reasons. */
  #forward(
    request: AdmittedRequest,
    asked: JsonObject,
    { key }: ParsedGetItem,
  ): WireAnswer | Promise<WireAnswer> {
    const { cache, forward } = this.#parts;
    cache.forwards.count('cache_read_failed');
    if (!cache.recentWrites.isRecent(key)) return forward.execute(request);
    return forward.execute(withBodyOf(request, { ...asked, ConsistentRead: true }));
  }

  /** Only the answer to this very request can tell what it consumed. */
  #answerWithReport(
    request: AdmittedRequest,
    asked: JsonObject,
    question: ParsedGetItem,
  ): WireAnswer | Promise<WireAnswer> {
    const { reader } = this.#parts.cache;
    const remembered = reader.getCached(question.key, DYNAMODB_JSON);
    if (remembered !== undefined) return answered(question, remembered);
    return staleIfError(this.#askWithReport(request, asked, question), () => {
      const outdated = reader.getStaleIfError(question.key, DYNAMODB_JSON);
      return outdated && answered(question, outdated);
    });
  }

  async #askWithReport(
    request: AdmittedRequest,
    asked: JsonObject,
    { key, table, wanted, capacity }: ParsedGetItem,
  ): Promise<WireAnswer> {
    const { cache, forward } = this.#parts;
    const read = cache.sideLoad.begin(key.group, [key], TYPED);
    try {
      const consistency = read.isConsistent || table.spec.consistentRead ? { ConsistentRead: true } : {};
      const asking = withBodyOf(request, {
        TableName: asked.TableName,
        Key: asked.Key,
        ReturnConsumedCapacity: capacity,
        ...consistency,
        ...table.projection.request,
      });
      const answer = await forward.execute(asking);
      if (answer.status !== 200) return answer;
      const bytes = isTooLargeToRead(answer) ? undefined : await readBody(answer);
      if (bytes === undefined || isTooHeavyToRead(bytes)) {
        if (wanted === 'everything' && table.spec.fields === undefined)
          return bytes === undefined ? answer : { ...answer, body: bytes };
        if (bytes === undefined) await discard(answer);
        return await forward.execute(withBodyOf(request, { ...asked, ...consistency }));
      }
      const item = readably(answer, () => askedItem(rawItem(bytes), table, key));
      storeItem(read, table, key, item);
      return withBody(answer, composedAnswer(wanted, item?.json, rawMembers(bytes).get('ConsumedCapacity')));
    } finally {
      read.end();
    }
  }
}

const answered = (question: ParsedGetItem, result: ReadResult): WireAnswer => ({
  status: 200,
  headers: {},
  body: rememberedAnswer(question, result.outcome === 'found' ? result.body.bytes : undefined),
});

const withBodyOf = (request: AdmittedRequest, asked: JsonObject): AdmittedRequest =>
  new AdmittedOperation(request, request.caller, encoder.encode(JSON.stringify(asked)));
