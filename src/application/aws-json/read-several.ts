import { collectBody } from '../../domain/cache/body-collector.ts';
import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceUnavailableError } from '../../domain/cache/errors.ts';
import { parseAwsObject, UnreadableValueError } from '../../domain/named-values/aws-answer.ts';
import { type AwsFailure, awsFailure, errorNameIn } from '../../domain/named-values/aws-failure.ts';
import { AWS_JSON } from '../../domain/named-values/value-bodies.ts';
import type { CacheableRead } from '../../domain/named-values/value-operations.ts';
import type { ReadRequest, ReadResult } from '../../ports/inbound/item-reader.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { ForwardedOperation, OperationForwarder } from '../../ports/outbound/operation-forwarder.ts';
import type { Cache } from '../create-cache.ts';
import type { ExternalRead } from '../invalidation/side-load.ts';

export interface ReadSeveralParts {
  readonly cache: Pick<Cache, 'reader' | 'forwardedReads' | 'sideLoad' | 'coherence'>;
  readonly forwarder: OperationForwarder;
}

/** How the endpoint reads the cache: AWS's own JSON, of any freshness that the policy of the group allows. */
export const ANY_AWS_JSON: ReadRequest = { contentType: AWS_JSON, freshness: { kind: 'any' } };

/** More than twenty secrets take, even if JSON escapes each character. */
const MAX_ANSWER_BYTES = 8 * 1_048_576;

type Sort = NonNullable<CacheableRead['sort']>;

/** The keys of one group that a forwarded request reads. */
interface GroupRead {
  readonly keys: readonly EntryKey[];
  readonly read: ExternalRead;
}

interface CollectedAnswer extends WireAnswer {
  readonly body: Uint8Array;
}

/** Answers requests for several values: from the cache if it has all of them, else from AWS, and then stores them. */
export class ReadSeveral {
  readonly #parts: ReadSeveralParts;

  constructor(parts: ReadSeveralParts) {
    this.#parts = parts;
  }

  async answer(request: ForwardedOperation, read: CacheableRead, sort: Sort): Promise<WireAnswer> {
    const { reader, forwardedReads, coherence } = this.#parts.cache;
    const groups = new Set(read.keys.map(({ group }) => group));
    await Promise.all([...groups].map((group) => coherence?.wait(group)));
    const cached = composedFrom(read, (key, isServed) => reader.getCached(key, ANY_AWS_JSON, isServed));
    if (cached !== undefined) return cached;
    return forwardedReads.answer({
      groups: [...groups],
      forward: () => this.#forward(request, read.keys, sort),
      stale: () => composedFrom(read, (key, isServed) => reader.getStaleIfError(key, ANY_AWS_JSON, isServed)),
      isFailure: isTransient,
      // The whole answer has been read.
      drain: () => Promise.resolve(),
    });
  }

  async #forward(
    request: ForwardedOperation,
    keys: readonly EntryKey[],
    sort: Sort,
  ): Promise<CollectedAnswer> {
    const { cache, forwarder } = this.#parts;
    const reads = [...new Set(keys.map(({ group }) => group))].map((group): GroupRead => {
      const own = keys.filter((key) => key.group === group);
      return { keys: own, read: cache.sideLoad.begin(group, own, AWS_JSON) };
    });
    try {
      const answer = await forwarder.forward(request);
      const body = await collectBody(answer.body, MAX_ANSWER_BYTES, tooLong);
      const whole = { ...answer, body };
      if (answer.status === 200 && answer.headers['content-type'] === AWS_JSON) {
        storeAll(answer, body, reads, sort);
      } else if (answer.status >= 400 && !isTransient(whole)) {
        for (const { keys: refused, read } of reads) read.refuse(refused);
      }
      return whole;
    } finally {
      for (const { read } of reads) read.end();
    }
  }
}

const storeAll = (
  { discard }: WireAnswer,
  body: Uint8Array,
  reads: readonly GroupRead[],
  sort: Sort,
): void => {
  try {
    for (const { keys, read } of reads) {
      const { answers, unprocessed } = sort(body, keys, read.contentTypes);
      for (const answer of answers) read.store(answer);
      // Their errors are in the answer. One that is not a refusal ends the windows as well, which costs a read at most.
      read.refuse(unprocessed);
    }
  } catch (error) {
    if (!(error instanceof UnreadableValueError)) throw error;
    // It may belong to another request.
    discard?.();
  }
};

/** The composed response if `get` has a result for each key. Only then are the results served. */
const composedFrom = (
  { keys, compose }: CacheableRead,
  get: (key: EntryKey, isServed: boolean) => ReadResult | undefined,
): WireAnswer | undefined => {
  const bodies: (Uint8Array | undefined)[] = [];
  for (const key of keys) {
    const result = get(key, false);
    if (result === undefined) return undefined;
    bodies.push(bodyIn(result));
  }
  const composed = compose(bodies);
  if (composed === undefined) return undefined;
  for (const key of keys) get(key, true);
  return { ...composed, headers: {} };
};

const tooLong = (): SourceUnavailableError =>
  new SourceUnavailableError(`the answer is longer than the limit of ${MAX_ANSWER_BYTES} bytes`);

/** The body of a result; undefined if the value does not exist. */
export const bodyIn = (result: ReadResult): Uint8Array | undefined =>
  result.outcome === 'found' ? result.body.bytes : undefined;

/** Whether AWS may answer later. */
const isTransient = ({ status, body }: CollectedAnswer): boolean =>
  status >= 400 && awsFailureIn(status, body) !== 'refused';

/** What an answer with this status, of at least 400, says. */
export const awsFailureIn = (status: number, body: Uint8Array): AwsFailure =>
  awsFailure(errorNameOf(body), status);

const errorNameOf = (body: Uint8Array): string | undefined => {
  try {
    return errorNameIn(parseAwsObject(body).__type);
  } catch {
    return undefined;
  }
};
