import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { type RawItem, type RawTable, rawTables } from '../../domain/dynamodb/json/raw-answer.ts';
import { readObject } from '../../domain/dynamodb/json/wire-json.ts';
import type { ConfiguredTable } from '../../domain/dynamodb/model/configured-tables.ts';
import {
  asksForAll,
  type BatchPart,
  batchGetRequest,
  type ParsedBatchGet,
  type PartQuestion,
  type Remainder,
  remainderRequest,
  unprojectedRequest,
} from '../../domain/dynamodb/operations/batch-get-request.ts';
import { mergedAnswer } from '../../domain/dynamodb/operations/batch-get-response.ts';

import {
  batchBypassReason,
  type ForwardReason,
  partBypassReason,
} from '../../domain/dynamodb/operations/bypass-reason.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { ExternalRead } from '../invalidation/side-load.ts';
import { runInSlices } from '../time/slices.ts';
import {
  type AdmittedOperations,
  type AdmittedRequest,
  DYNAMODB_JSON,
  type EndpointParts,
} from './admitted-operations.ts';
import { AdmittedOperation } from './authorize-caller.ts';
import { answerFromMemory, type CachedParts, itemsByTable, recollected } from './cached-parts.ts';
import {
  discard,
  isTooHeavyToRead,
  isTooLargeToRead,
  readBodyUnlessLong,
  staleIfError,
  storeItem,
  withBody,
} from './read-body.ts';

import { askedItems, readably } from './readably.ts';
import type { ObservedPart, ShadowReads, Told } from './shadow-reads.ts';

/** The question to DynamoDB about one part. */
interface OpenPart {
  readonly question: PartQuestion;
  readonly tableName: string;
  readonly keys: readonly EntryKey[];
  readonly read: ExternalRead;
}

/** Answers what memory has of a `BatchGetItem`, has DynamoDB answer the rest in one call, and keeps that. */
export class AnswerBatch implements AdmittedOperations {
  readonly #parts: EndpointParts;
  readonly #observer: ShadowReads;

  /** @param observer takes the batches with tables that are only to be observed */
  constructor(parts: EndpointParts, observer: ShadowReads) {
    this.#parts = parts;
    this.#observer = observer;
  }

  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer> {
    const { cache, tables, clock } = this.#parts;
    const asked = readObject(request.body);
    if (asked === undefined) return this.#bypass(request, 'not_plain');
    const question = batchGetRequest(asked, tables, request.caller);
    if (question === undefined) {
      return this.#bypass(request, batchBypassReason(asked, tables, request.caller));
    }
    if (!cache.gate.isOpen) return this.#bypass(request, 'before_first_invocation');
    const observed = question.parts.flatMap(({ question: asks }) =>
      asks?.table.spec.isObserved === true ? [asks] : [],
    );
    if (observed.length > 0) {
      cache.forwards.count('observe_mode');
      return this.#observer.observe(request, observed, toldByBatch);
    }
    const recollections = question.parts.map((part) => this.#recollect(part));
    return (
      answerFromMemory(question, recollections, clock) ??
      staleIfError(this.#ask(request, question, recollections), () =>
        answerFromMemory(
          question,
          recollections.map((recollection) => this.#standIn(recollection)),
          clock,
        ),
      )
    );
  }

  #bypass(request: AdmittedRequest, reason: ForwardReason): WireAnswer | Promise<WireAnswer> {
    this.#parts.cache.forwards.count(reason);
    return this.#parts.forward.execute(request);
  }

  /** A batch counts once, with the first part that the cache may not answer. */
  #countBypassedPart({ parts }: ParsedBatchGet, { caller }: AdmittedRequest): void {
    const bypassed = parts.find(({ question }) => question === undefined);
    if (bypassed === undefined) return;
    const { tableName, request } = bypassed;
    const { cache, tables } = this.#parts;
    cache.forwards.count(partBypassReason(tableName, request, tables, caller) ?? 'not_plain');
  }

  #recollect(part: BatchPart): CachedParts {
    const { reader } = this.#parts.cache;
    const missing = [...(part.question?.keys ?? []).keys()];
    return recollected({ part, items: [], missing }, (key) => reader.getCached(key, DYNAMODB_JSON));
  }

  #standIn(recollection: CachedParts): CachedParts {
    const { reader } = this.#parts.cache;
    return recollected(recollection, (key) => reader.getStaleIfError(key, DYNAMODB_JSON));
  }

  async #ask(
    request: AdmittedRequest,
    question: ParsedBatchGet,
    recollections: readonly CachedParts[],
  ): Promise<WireAnswer> {
    this.#countBypassedPart(question, request);
    const open = recollections.flatMap((recollection) => this.#open(recollection));
    try {
      const remainders = recollections.map(({ part, missing }) => ({
        part,
        missing,
        isConsistent: open.some(
          ({ tableName, question: { table }, read }) =>
            tableName === part.tableName && (read.isConsistent || table.spec.consistentRead),
        ),
      }));
      const body = remainderRequest(question, remainders);
      const answer = await this.#parts.forward.execute(new AdmittedOperation(request, request.caller, body));
      if (answer.status !== 200) return answer;
      if (isTooLargeToRead(answer)) return await this.#passOn(request, question, remainders, answer);
      const bytes = await readBodyUnlessLong(answer);
      // Escapes and type marks can make 16 MB of items longer than that: the client gets DynamoDB's answer as a stream.
      if (bytes === undefined) {
        const whole = unprojectedRequest(question, remainders);
        return await this.#parts.forward.execute(new AdmittedOperation(request, request.caller, whole));
      }
      if (isTooHeavyToRead(bytes))
        return await this.#passOn(request, question, remainders, { ...answer, body: bytes });
      const work = keptAndMerged(answer, bytes, open, question, recollections);
      return withBody(answer, await runInSlices(work, this.#parts.clock));
    } finally {
      for (const { read } of open) read.end();
    }
  }

  /** Gives the client an answer that is too large to be read: this one, or that to all of the request if this is only a part. */
  async #passOn(
    request: AdmittedRequest,
    question: ParsedBatchGet,
    remainders: readonly Remainder[],
    answer: WireAnswer,
  ): Promise<WireAnswer> {
    if (remainders.every(asksForAll)) return answer;
    await discard(answer);
    const body = unprojectedRequest(question, remainders);
    return this.#parts.forward.execute(new AdmittedOperation(request, request.caller, body));
  }

  #open({ part: { tableName, question }, missing }: CachedParts): readonly OpenPart[] {
    if (question === undefined || missing.length === 0) return [];
    const keys = question.keys.filter((_, index) => missing.includes(index));
    const read = this.#parts.cache.sideLoad.begin(question.table.spec.name, keys, TYPED);
    return [{ question, tableName, keys, read }];
  }
}

/** What an answer says of the keys of one part: the items that were found, and the keys that were not got to, by their texts. */
interface ToldPart {
  readonly found: ReadonlyMap<string, RawItem>;
  readonly unprocessed: ReadonlyMap<string, RawItem>;
}

/** `undefined` where nothing is certain. @throws {SourceUnavailableError} if it says something of keys that were not asked for */
const toldPart = (
  table: ConfiguredTable,
  keys: readonly EntryKey[],
  answer: RawTable | undefined,
): ToldPart | undefined => {
  // A table that the answer passes over was not answered for.
  if (answer?.items === undefined) return undefined;
  const asked = new Set(keys.map(({ text }) => text));
  const found = askedItems(answer.items, table, asked);
  const unprocessed = askedItems(answer.unprocessed, table, asked);
  return found && unprocessed && { found, unprocessed };
};

const toldByBatch = (
  answer: Uint8Array,
  parts: readonly ObservedPart[],
): readonly ((key: EntryKey) => Told)[] => {
  const tables = rawTables(answer);
  return parts.map(({ table, keys, wanted }) => {
    // Of a part of an item nobody knows which item it is of.
    if (wanted !== 'everything') return () => undefined;
    const told = toldPart(table, keys, tables.get(table.spec.table));
    return ({ text }) =>
      told === undefined || told.unprocessed.has(text) ? undefined : { item: told.found.get(text) };
  });
};

/** Yields between steps of its work, so that it can be done in slices. */
function* keptAndMerged(
  answer: WireAnswer,
  bytes: Uint8Array,
  open: readonly OpenPart[],
  question: ParsedBatchGet,
  recollections: readonly CachedParts[],
): Generator<undefined, Uint8Array> {
  const { tables, told } = readably(answer, () => {
    const byName = rawTables(bytes);
    return {
      tables: byName,
      told: open.map(({ question: { table }, keys, tableName }) =>
        toldPart(table, keys, byName.get(tableName)),
      ),
    };
  });
  yield;
  for (const [place, part] of open.entries()) yield* takePart(part, told[place]);
  return yield* mergedAnswer(question, itemsByTable(recollections), { bytes, tables });
}

/** Keeps what was found and what was not; of keys that were not got to nothing is known. */
function* takePart(
  { question: { table }, keys, read }: OpenPart,
  told: ToldPart | undefined,
): Generator<undefined, void> {
  if (told === undefined) return;
  for (const key of keys) {
    if (!told.unprocessed.has(key.text)) storeItem(read, table, key, told.found.get(key.text));
    yield;
  }
}
