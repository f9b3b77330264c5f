import { TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import {
  asksForAll,
  asksForMore,
  type BatchPart,
  batchGetRequest,
  type ParsedBatchGet,
  type Remainder,
  remainderRequest,
  unprojectedRequest,
} from '../../domain/dynamodb/operations/batch-get.ts';
import { batchBypassReason, partBypassReason } from '../../domain/dynamodb/operations/bypass-reason.ts';
import { readObject } from '../../domain/json/json-object.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import { runInSlices } from '../time/timers.ts';
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
  answerFromCache,
  type CachedPart,
  observedBatchAnswers,
  type PartRead,
  storeAndMerge,
  withCachedItems,
} from './batch-parts.ts';
import {
  discard,
  isAccessDenied,
  isTooHeavyToRead,
  isTooLargeToRead,
  readBodyUnlessLong,
  READ_FAILURES,
  withBody,
} from './read-answer.ts';
import type { ShadowReads } from './shadow-reads.ts';

/** Answers a `BatchGetItem` from the cache as far as possible; reads the missing keys with one upstream call and stores them. */
export class AnswerBatch implements AdmittedOperations {
  readonly #parts: EndpointParts;
  readonly #observer: ShadowReads;

  /** @param observer handles batches with a table in `mode: observe` */
  constructor(parts: EndpointParts, observer: ShadowReads) {
    this.#parts = parts;
    this.#observer = observer;
  }

  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer> {
    const { cache, tables } = this.#parts;
    const body = readObject(request.body);
    if (body === undefined) return bypass(this.#parts, request, 'not_plain');
    const batch = batchGetRequest(body, tables, request.caller);
    if (batch === undefined) {
      return bypass(this.#parts, request, batchBypassReason(body, tables, request.caller));
    }
    if (!cache.gate.isOpen) return bypass(this.#parts, request, 'before_first_invocation');
    const observed = batch.parts.flatMap(({ tableName, question }) =>
      question?.table.spec.isObserved === true ? [{ ...question, tableName }] : [],
    );
    if (observed.length > 0) {
      cache.forwards.count('observe_mode');
      return this.#observer.observe(request, observed, observedBatchAnswers);
    }
    const groups = batch.parts.flatMap(({ question }) => question?.table.spec.name ?? []);
    return whenDecided(this.#parts, groups, () => this.#answer(request, batch, groups));
  }

  #answer(
    request: AdmittedRequest,
    batch: ParsedBatchGet,
    groups: readonly string[],
  ): WireAnswer | Promise<WireAnswer> {
    const { cache, clock } = this.#parts;
    const cachedParts = batch.parts.map((part) => this.#cachedPart(part));
    return (
      answerFromCache(batch, cachedParts, clock) ??
      cache.forwardedReads.answer({
        groups,
        forward: () => this.#forwardRemainder(request, batch, cachedParts),
        stale: () => {
          const staleParts = (isServed: boolean) =>
            cachedParts.map((cachedPart) => this.#staleIfErrorPart(cachedPart, isServed));
          const answer = answerFromCache(batch, staleParts(false), clock);
          if (answer !== undefined) staleParts(true);
          return answer;
        },
        ...READ_FAILURES,
      })
    );
  }

  /** Counts a batch once, by the first part that bypasses the cache. */
  #countBypassedPart({ parts }: ParsedBatchGet, { caller }: AdmittedRequest): void {
    const bypassed = parts.find(({ question }) => question === undefined);
    if (bypassed === undefined) return;
    const { tableName, request } = bypassed;
    const { cache, tables } = this.#parts;
    cache.forwards.count(partBypassReason(tableName, request, tables, caller) ?? 'not_plain');
  }

  #cachedPart(part: BatchPart): CachedPart {
    const { reader } = this.#parts.cache;
    const missing = [...(part.question?.keys ?? []).keys()];
    return withCachedItems({ part, items: [], missing }, (key) => reader.getCached(key, DYNAMODB_JSON));
  }

  #staleIfErrorPart(cachedPart: CachedPart, isServed: boolean): CachedPart {
    const { reader } = this.#parts.cache;
    return withCachedItems(cachedPart, (key) => reader.getStaleIfError(key, DYNAMODB_JSON, isServed));
  }

  async #forwardRemainder(
    request: AdmittedRequest,
    batch: ParsedBatchGet,
    cachedParts: readonly CachedPart[],
  ): Promise<WireAnswer> {
    this.#countBypassedPart(batch, request);
    const reads = cachedParts.flatMap((cachedPart) => this.#beginReads(cachedPart));
    try {
      const remainders = cachedParts.map(({ part, missing }) => ({
        part,
        missing,
        isConsistent: reads.some(
          ({ tableName, question: { table }, read }) =>
            tableName === part.tableName && (read.isConsistent || table.spec.consistentRead),
        ),
      }));
      const body = remainderRequest(batch, remainders);
      const answer = await this.#parts.forward.execute(new AdmittedOperation(request, request.caller, body));
      if (remainders.some(asksForMore) && isAccessDenied(answer)) {
        this.#parts.cache.forwards.count('cache_read_failed');
        return await this.#forwardWholeBatch(request, batch, remainders);
      }
      if (answer.status !== 200) return answer;
      if (isTooLargeToRead(answer)) return await this.#forwardUnread(request, batch, remainders, answer);
      const bytes = await readBodyUnlessLong(answer);
      // Escapes and type names can make 16 MB of items longer than the limit: the whole batch is read again, as a stream.
      if (bytes === undefined) return await this.#forwardWholeBatch(request, batch, remainders);
      if (isTooHeavyToRead(bytes))
        return await this.#forwardUnread(request, batch, remainders, { ...answer, body: bytes });
      const work = storeAndMerge(answer, bytes, reads, batch, cachedParts);
      return withBody(answer, await runInSlices(work, this.#parts.clock));
    } finally {
      for (const { read } of reads) read.end();
    }
  }

  /** Returns an answer that is too large to be read. If it covers only a part of the batch, reads the whole batch again. */
  async #forwardUnread(
    request: AdmittedRequest,
    batch: ParsedBatchGet,
    remainders: readonly Remainder[],
    answer: WireAnswer,
  ): Promise<WireAnswer> {
    if (remainders.every(asksForAll)) return answer;
    await discard(answer);
    return this.#forwardWholeBatch(request, batch, remainders);
  }

  #forwardWholeBatch(
    request: AdmittedRequest,
    batch: ParsedBatchGet,
    remainders: readonly Remainder[],
  ): WireAnswer | Promise<WireAnswer> {
    const body = unprojectedRequest(batch, remainders);
    return this.#parts.forward.execute(new AdmittedOperation(request, request.caller, body));
  }

  #beginReads({ part: { tableName, question }, missing }: CachedPart): readonly PartRead[] {
    if (question === undefined || missing.length === 0) return [];
    const keys = question.keys.filter((_, index) => missing.includes(index));
    const read = this.#parts.cache.sideLoad.begin(question.table.spec.name, keys, TYPED);
    return [{ question, tableName, keys, read }];
  }
}
