import { CacheError, SourceRefusedError, SourceThrottledError } from '../../domain/cache/errors.ts';
import { parseAwsObject, UnreadableValueError } from '../../domain/named-values/aws-answer.ts';
import { AWS_JSON } from '../../domain/named-values/value-bodies.ts';
import {
  type CacheableRead,
  isReadOperation,
  type ValueOperations,
} from '../../domain/named-values/value-operations.ts';
import type { ReadResult } from '../../ports/inbound/item-reader.ts';
import {
  type ClientSignal,
  type IncomingOperation,
  NotForwardedError,
  type WireAnswer,
  type WireHeaders,
  type WireOperations,
} from '../../ports/inbound/wire-operations.ts';
import type { CallerRecogniser } from '../../ports/outbound/caller-recogniser.ts';
import type { ForwardedOperation, OperationForwarder } from '../../ports/outbound/operation-forwarder.ts';
import type { Cache } from '../create-cache.ts';
import { CircuitOpenError } from '../source-access/circuit-breaker.ts';
import type { WriteEnd } from '../storing/recent-writes.ts';
import { ANY_AWS_JSON, awsFailureIn, bodyIn, ReadSeveral } from './read-several.ts';

/** The parts of the cache that the endpoint of one service uses. */
export interface JsonEndpointParts {
  readonly cache: Pick<
    Cache,
    'reader' | 'forwardedReads' | 'writes' | 'sideLoad' | 'gate' | 'invalidator' | 'forwards' | 'coherence'
  >;
  readonly operations: ValueOperations;
  /** The groups that a write of the service may change. */
  readonly writtenGroups: readonly string[];
  /** Whether a group is read with a role. Its values are never read with the function's own identity. */
  readonly hasRole?: (group: string) => boolean;
  readonly recogniser: CallerRecogniser;
  readonly forwarder: OperationForwarder;
}

/** Requests for values are shorter; a longer one is not parsed. */
const MAX_READ_BYTES = 65_536;

/** Why an operation is forwarded without a cache lookup. Part of the public interface: `/metrics`, `/health`. */
type BypassReason =
  | 'before_first_invocation'
  | 'cache_read_failed'
  | 'content_type'
  | 'not_plain'
  | 'other_operation'
  | 'too_large'
  | 'write';

/**
 * Serves the operations of one service to SDK clients of the function's own identity: reads of cached values go through the
 * cache, all other operations are forwarded unchanged. Writes invalidate.
 */
export class ServeJsonOperations implements WireOperations {
  readonly #parts: JsonEndpointParts;
  readonly #several: ReadSeveral;

  constructor(parts: JsonEndpointParts) {
    this.#parts = parts;
    this.#several = new ReadSeveral(parts);
  }

  async execute(incoming: IncomingOperation): Promise<WireAnswer> {
    const { recogniser, operations, cache } = this.#parts;
    const { region } = await recogniser.recognise(incoming);
    const request = new RecognisedOperation(incoming, await incoming.read(), region);
    await recogniser.verify(request);
    if (operations.isWrite(request.operation)) return this.#write(request);
    const read = this.#readIn(request);
    if (typeof read === 'string') return this.#bypass(request, read);
    if (this.#hasRole(read)) return this.#readWithRoles(read);
    if (!cache.gate.isOpen) return this.#bypass(request, 'before_first_invocation');
    const { sort } = read;
    return sort === undefined ? this.#readOne(request, read) : this.#several.answer(request, read, sort);
  }

  #bypass(request: ForwardedOperation, reason: BypassReason): Promise<WireAnswer> {
    const { cache, forwarder } = this.#parts;
    cache.forwards.count(reason);
    return forwarder.forward(request);
  }

  /** What the request reads, or why the cache cannot answer it. */
  #readIn({ operation, headers, body, region }: ForwardedOperation): CacheableRead | BypassReason {
    const reading = this.#parts.operations.reads.get(operation);
    if (reading === undefined) return 'other_operation';
    if (headers.get('content-type') !== AWS_JSON) return 'content_type';
    if (body.byteLength > MAX_READ_BYTES) return 'too_large';
    try {
      return reading(parseAwsObject(body), region) ?? 'not_plain';
    } catch (error) {
      if (error instanceof UnreadableValueError || error instanceof CacheError) return 'not_plain';
      throw error;
    }
  }

  #hasRole({ keys }: CacheableRead): boolean {
    const { hasRole } = this.#parts;
    return hasRole !== undefined && keys.some(({ group }) => hasRole(group));
  }

  /** Reads each value by itself. A forwarded request would read them with the function's own identity. */
  async #readWithRoles({ keys, compose, isContinuation }: CacheableRead): Promise<WireAnswer> {
    const { reader, invalidator } = this.#parts.cache;
    try {
      const results = await Promise.all(keys.map((key) => reader.read(key, ANY_AWS_JSON)));
      const composed = compose(results.map(bodyIn));
      if (composed !== undefined) return { ...composed, headers: {} };
    } catch (error) {
      // The client starts again, and must not get the same token.
      if (isContinuation === true && error instanceof SourceRefusedError)
        for (const { group } of keys) invalidator.invalidateGroup(group);
      throw error;
    }
    throw new SourceRefusedError(
      'a value does not exist, and it is read with a role: only AWS could compose this answer, and the extension does not forward the request, because that would read with the identity of the function',
    );
  }

  async #readOne(request: ForwardedOperation, read: CacheableRead): Promise<WireAnswer> {
    const { cache, forwarder } = this.#parts;
    const [key] = read.keys;
    if (key === undefined) return forwarder.forward(request);
    let result: ReadResult;
    try {
      result = await cache.reader.read(key, ANY_AWS_JSON);
    } catch (error) {
      // A further call would make it worse.
      if (error instanceof SourceThrottledError) throw error;
      // The client would only wait.
      if (error instanceof CircuitOpenError) throw new NotForwardedError(error.message, { cause: error });
      // The client starts again, and must not get the same token.
      if (read.isContinuation === true && error instanceof SourceRefusedError) {
        cache.invalidator.invalidateGroup(key.group);
      }
      // The client receives AWS's own error.
      return this.#bypass(request, 'cache_read_failed');
    }
    const composed = read.compose([bodyIn(result)]);
    return composed === undefined ? forwarder.forward(request) : { ...composed, headers: {} };
  }

  async #write(request: ForwardedOperation): Promise<WireAnswer> {
    const { cache, forwarder, writtenGroups } = this.#parts;
    cache.forwards.count('write');
    const write = cache.writes.begin(writtenGroups.map((group) => ({ group })));
    let end: WriteEnd = 'unknown';
    try {
      const answer = await forwarder.forward(request);
      end = writeEndOf(answer);
      return answer;
    } catch (error) {
      if (error instanceof NotForwardedError) end = 'not-applied';
      throw error;
    } finally {
      await write.end(end);
    }
  }
}

/** Only an error that is no failure of the service proves that nothing was written. One that is streamed, because it is long, is not read. */
const writeEndOf = ({ status, body }: WireAnswer): WriteEnd => {
  if (status < 400) return 'applied';
  return status < 500 && body instanceof Uint8Array && awsFailureIn(status, body) !== 'unavailable'
    ? 'not-applied'
    : 'unknown';
};

/** An operation with its body. Creates the signal only when it is read, because most operations do not need it. */
class RecognisedOperation implements ForwardedOperation {
  readonly operation: string;
  readonly headers: WireHeaders;
  readonly body: Uint8Array;
  readonly region: string;
  readonly #incoming: IncomingOperation;

  constructor(incoming: IncomingOperation, body: Uint8Array, region: string) {
    this.operation = incoming.operation;
    this.headers = incoming.headers;
    this.body = body;
    this.region = region;
    this.#incoming = incoming;
  }

  get isRepeatable(): boolean {
    return isReadOperation(this.operation);
  }

  get signal(): ClientSignal {
    return this.#incoming.signal;
  }
}
