import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { type AttributeMap, TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { isSameItem } from '../../domain/dynamodb/json/item-bodies.ts';
import type { RawItem } from '../../domain/dynamodb/json/raw-answer.ts';
import type { ConfiguredTable } from '../../domain/dynamodb/model/configured-tables.ts';
import { projectedItem, type Wanted } from '../../domain/dynamodb/operations/get-item.ts';
import type { ReadRequest, ReadResult } from '../../ports/inbound/item-reader.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { ExternalRead } from '../invalidation/side-load.ts';
import type { AdmittedRequest, EndpointParts } from './admitted-operations.ts';
import {
  isTooHeavyToRead,
  isTooLargeToRead,
  readAnswerIfUsable,
  readBodyUnlessLong,
  storeItem,
} from './read-answer.ts';

/** Keys that a read requests from a table in `mode: observe`. */
export interface ObservedPart {
  readonly table: ConfiguredTable;
  /** The table as the request names it. */
  readonly tableName: string;
  readonly keys: readonly EntryKey[];
  readonly wanted: Wanted;
}

/** DynamoDB's answer for one key of an observed part; `undefined` if it did not process the key. */
export type ObservedAnswer = { readonly item: RawItem | undefined } | undefined;

/** Reads an answer: for each part, a function from a key to its answer. @throws {SourceUnavailableError} if the answer is unusable */
export type ReadObservedAnswers = (
  answer: Uint8Array,
  parts: readonly ObservedPart[],
) => readonly ((key: EntryKey) => ObservedAnswer)[];

/** The cached answers to a part, and the read of the part from DynamoDB. */
interface OpenObservation {
  readonly part: ObservedPart;
  readonly cached: readonly (ReadResult | undefined)[];
  readonly read: ExternalRead;
}

/** Starts no background refresh: the forwarded read refreshes the entry. */
const CACHE_ONLY: ReadRequest = { contentType: TYPED, freshness: { kind: 'only-if-cached' } };
const decoder = new TextDecoder();

/** Forwards reads of tables in `mode: observe` unchanged, and compares DynamoDB's answers with the cached ones. */
export class ShadowReads {
  readonly #parts: EndpointParts;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
  }

  async observe(
    request: AdmittedRequest,
    parts: readonly ObservedPart[],
    readAnswers: ReadObservedAnswers,
  ): Promise<WireAnswer> {
    const { cache, forward } = this.#parts;
    await Promise.all(parts.map(({ table }) => cache.coherence?.wait(table.spec.name)));
    const open = parts.map((part) => {
      const cached = part.keys.map((key) => cache.reader.getCached(key, CACHE_ONLY));
      const misses = part.keys.filter((_, index) => !isFresh(cached[index]));
      return { part, cached, read: cache.sideLoad.begin(part.table.spec.name, misses, TYPED) };
    });
    try {
      const answer = await forward.execute(request);
      if (answer.status !== 200 || isTooLargeToRead(answer)) return answer;
      const body = await readBodyUnlessLong(answer);
      if (body === undefined) return await forward.execute(request);
      const answers = isTooHeavyToRead(body)
        ? undefined
        : readAnswerIfUsable(answer, () => readAnswers(body, parts));
      if (answers !== undefined) this.#record(open, answers);
      return { ...answer, body };
    } finally {
      for (const { read } of open) read.end();
    }
  }

  #record(open: readonly OpenObservation[], answers: ReturnType<ReadObservedAnswers>): void {
    for (const [place, { part, cached, read }] of open.entries()) {
      const isConsistent = part.table.spec.consistentRead || read.isConsistent;
      for (const [index, key] of part.keys.entries()) {
        const observed = answers[place]?.(key);
        if (observed === undefined) continue;
        this.#compare(part, cached[index], observed.item);
        const isStorable = part.wanted === 'everything' && !isConsistent && !isFresh(cached[index]);
        if (isStorable) storeItem(read, part.table, key, observed.item);
      }
    }
  }

  #compare(
    { table, wanted }: ObservedPart,
    cached: ReadResult | undefined,
    current: RawItem | undefined,
  ): void {
    const { name } = table.spec;
    const { observations } = this.#parts.cache;
    if (cached === undefined) {
      observations.missed(name);
      return;
    }
    const json = cached.outcome === 'found' ? decoder.decode(cached.body.bytes) : undefined;
    const item: AttributeMap | undefined = json && JSON.parse(projectedItem(json, wanted));
    observations.hit(name, isSameItem(item, current?.attributes), readUnits(json?.length ?? 0));
  }
}

const isFresh = (cached: ReadResult | undefined): boolean =>
  cached?.cache.source === 'memory' && cached.cache.stale === undefined;

/** Read units of an eventually consistent read: half a unit for each started 4 KiB, at least half a unit. */
const readUnits = (bytes: number): number => 0.5 * Math.max(1, Math.ceil(bytes / 4_096));
