import { SourceRefusedError } from '../../domain/cache/errors.ts';
import { isAwsJson } from '../../domain/dynamodb/json/dynamodb-json.ts';
import type { RequestOrigin } from '../../domain/dynamodb/operations/request-origin.ts';
import {
  isRepeatable,
  mayContinueAfterAnswer,
  mayHaveFailedWithin,
  writeSetOf,
  wroteNothing,
} from '../../domain/dynamodb/operations/write-set.ts';
import { NotForwardedError, type WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { OperationForwarder } from '../../ports/outbound/operation-forwarder.ts';
import type { OpenWrite } from '../invalidation/invalidate.ts';
import type { WriteEnd } from '../storing/recent-writes.ts';
import type { AdmittedOperations, AdmittedRequest, EndpointParts } from './admitted-operations.ts';
import { answerOf } from './read-answer.ts';

/** Forwards any operation to DynamoDB. */
export class ForwardOperation implements AdmittedOperations {
  readonly #forwarder: OperationForwarder;

  constructor(forwarder: OperationForwarder) {
    this.#forwarder = forwarder;
  }

  execute({ operation, headers, body, signal, caller }: AdmittedRequest): Promise<WireAnswer> {
    const { region, role }: RequestOrigin = caller.origin ?? { region: caller.region };
    return this.#forwarder.forward({
      operation,
      headers,
      body,
      signal,
      region,
      ...(role === undefined ? {} : { role }),
      isRepeatable: isRepeatable(operation),
    });
  }
}

const NO_ENDPOINTS = new TextEncoder().encode('{"Endpoints":[]}');

/**
 * Answers `DescribeEndpoints` with an empty list. DynamoDB's answer names the regional endpoint: a client with endpoint
 * discovery would then bypass the extension, and its writes would invalidate nothing.
 */
export class AnswerEndpoints implements AdmittedOperations {
  execute(): WireAnswer {
    return answerOf(NO_ENDPOINTS);
  }
}

/** Forwards operations that may change items, and invalidates those items. */
export class ForwardAndInvalidate implements AdmittedOperations {
  readonly #parts: EndpointParts;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
  }

  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer> {
    const { tables, forward, cache } = this.#parts;
    const { operation, outline, body, caller } = request;
    const writeSet = writeSetOf(operation, outline ?? body, tables, caller.account);
    // It cannot change parameters or secrets, whatever it is.
    const targets =
      writeSet === 'everything' ? tables.all.map(({ spec }) => ({ group: spec.name })) : writeSet;
    return targets.length === 0
      ? forward.execute(request)
      : this.#forwardWrite(request, cache.writes.begin(targets));
  }

  async #forwardWrite(request: AdmittedRequest, write: OpenWrite): Promise<WireAnswer> {
    let end: WriteEnd = 'unknown';
    try {
      const answer = await this.#parts.forward.execute(request);
      end = writeEndOf(answer, request.operation);
      return answer;
    } catch (error) {
      // A refusal without an answer is that of a role, without which nothing is sent.
      if (error instanceof NotForwardedError || error instanceof SourceRefusedError) end = 'not-applied';
      throw error;
    } finally {
      await write.end(end);
    }
  }
}

/** A batch of statements has the status 200, whatever became of them. An answer that is streamed, because it is long, is not read. */
const writeEndOf = (answer: WireAnswer, operation: string): WriteEnd => {
  const { status, body } = answer;
  const whole = body instanceof Uint8Array ? body : undefined;
  if (status === 200) {
    if (mayContinueAfterAnswer(operation)) return 'unknown';
    if (operation !== 'BatchExecuteStatement') return 'applied';
    return whole === undefined || mayHaveFailedWithin(whole) ? 'unknown' : 'applied';
  }
  if (status < 400 || status >= 500) return 'unknown';
  const isRefused = whole === undefined ? isLongRefusal(answer, operation) : wroteNothing(whole, operation);
  return isRefused ? 'not-applied' : 'unknown';
};

/** Whether DynamoDB refused a single write, and returned the long item that failed its condition. */
const isLongRefusal = ({ headers }: WireAnswer, operation: string): boolean =>
  SINGLE_WRITES.has(operation) && isAwsJson(headers['content-type']);

const SINGLE_WRITES: ReadonlySet<string> = new Set([
  'DeleteItem',
  'ExecuteStatement',
  'PutItem',
  'UpdateItem',
]);
