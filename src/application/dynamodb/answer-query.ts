import { TYPED } from '../../domain/dynamodb/json/content-types.ts';
import { rawMembers } from '../../domain/dynamodb/json/raw-answer.ts';
import { readObject } from '../../domain/dynamodb/json/wire-json.ts';
import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import { type ForwardReason, queryBypassReason } from '../../domain/dynamodb/operations/bypass-reason.ts';
import { queriedTable } from '../../domain/dynamodb/operations/query-question.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { AdmittedOperations, AdmittedRequest } from './admitted-operations.ts';
import { isTooHeavyToRead, isTooLargeToRead } from './answer-size.ts';
import type { EndpointParts } from './endpoint-parts.ts';
import { QueryMemory } from './query-memory.ts';
import { answerOf, readBodyUnlessLong } from './read-body.ts';
import { ifReadable, unusable } from './readably.ts';

/** Answers a `Query` as it was answered before, where the table allows that; otherwise passes it on. */
export class AnswerQuery implements AdmittedOperations {
  readonly #parts: EndpointParts;
  readonly #memory: QueryMemory;
  readonly #isOff: boolean;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
    this.#memory = new QueryMemory(parts.store, parts.cache.marks, parts.clock);
    this.#isOff = !parts.tables.all.some(({ spec }) => (spec.queryTtlMs ?? 0) > 0);
    if (!this.#isOff) parts.cache.invalidator.watch((group) => this.#memory.forget(group));
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
