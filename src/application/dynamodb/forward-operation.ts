import type { RequestOrigin } from '../../domain/dynamodb/operations/request-origin.ts';
import { isRepeatable } from '../../domain/dynamodb/operations/write-set.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { OperationForwarder } from '../../ports/outbound/operation-forwarder.ts';
import type { AdmittedOperations, AdmittedRequest } from './admitted-operations.ts';
import { answerOf } from './read-body.ts';

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
