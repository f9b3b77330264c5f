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
import { isTooHeavyToRead, isTooLargeToRead, readBodyUnlessLong, storeItem } from './read-body.ts';

import { ifReadable } from './readably.ts';

/** Keys of a table that is only to be observed. */
export interface ObservedPart {
  readonly table: ConfiguredTable;
  readonly keys: readonly EntryKey[];
  readonly wanted: Wanted;
}

/** What DynamoDB said of a key of an observed part; `undefined` if it did not get to it. */
export type Told = { readonly item: RawItem | undefined } | undefined;

/** Reads an answer: for each part, what it says of a key. @throws {SourceUnavailableError} if it cannot be read */
export type ShadowRead = (
  answer: Uint8Array,
  parts: readonly ObservedPart[],
) => readonly ((key: EntryKey) => Told)[];

/** What memory has of a part that is being asked for. */
interface OpenObservation {
  readonly part: ObservedPart;
  readonly remembered: readonly (ReadResult | undefined)[];
  readonly read: ExternalRead;
}

/** Of what is stale nothing is read again for it: the read that is passed on will do. */
const FROM_MEMORY: ReadRequest = { contentType: TYPED, freshness: { kind: 'only-if-cached' } };
const decoder = new TextDecoder();

/** Passes reads on as they are, and sees what memory would have answered. */
export class ShadowReads {
  readonly #parts: EndpointParts;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
  }

  async observe(
    request: AdmittedRequest,
    parts: readonly ObservedPart[],
    toldOf: ShadowRead,
  ): Promise<WireAnswer> {
    const { cache, forward } = this.#parts;
    const open = parts.map((part) => {
      const remembered = part.keys.map((key) => cache.reader.getCached(key, FROM_MEMORY));
      const unknown = part.keys.filter((_, index) => !isFresh(remembered[index]));
      return { part, remembered, read: cache.sideLoad.begin(part.table.spec.name, unknown, TYPED) };
    });
    try {
      const answer = await forward.execute(request);
      if (answer.status !== 200 || isTooLargeToRead(answer)) return answer;
      const body = await readBodyUnlessLong(answer);
      if (body === undefined) return await forward.execute(request);
      const told = isTooHeavyToRead(body) ? undefined : ifReadable(answer, () => toldOf(body, parts));
      if (told !== undefined) this.#learn(open, told);
      return { ...answer, body };
    } finally {
      for (const { read } of open) read.end();
    }
  }

  #learn(open: readonly OpenObservation[], told: ReturnType<ShadowRead>): void {
    for (const [place, { part, remembered, read }] of open.entries()) {
      const isConsistent = part.table.spec.consistentRead || read.isConsistent;
      for (const [index, key] of part.keys.entries()) {
        const said = told[place]?.(key);
        if (said === undefined) continue;
        this.#compare(part, remembered[index], said.item);
        const isKept = part.wanted === 'everything' && !isConsistent && !isFresh(remembered[index]);
        if (isKept) storeItem(read, part.table, key, said.item);
      }
    }
  }

  #compare(
    { table, wanted }: ObservedPart,
    remembered: ReadResult | undefined,
    said: RawItem | undefined,
  ): void {
    const { name } = table.spec;
    const { observations } = this.#parts.cache;
    if (remembered === undefined) {
      observations.missed(name);
      return;
    }
    const json = remembered.outcome === 'found' ? decoder.decode(remembered.body.bytes) : undefined;
    const item: AttributeMap | undefined = json && JSON.parse(projectedItem(json, wanted));
    observations.hit(name, isSameItem(item, said?.attributes), readUnits(json?.length ?? 0));
  }
}

const isFresh = (remembered: ReadResult | undefined): boolean =>
  remembered?.cache.source === 'memory' && remembered.cache.stale === undefined;

/** Of an eventually consistent read: half a unit for every 4 KiB that have begun, and for nothing at all. */
const readUnits = (bytes: number): number => 0.5 * Math.max(1, Math.ceil(bytes / 4_096));
