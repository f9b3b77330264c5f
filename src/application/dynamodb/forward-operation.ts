import { isRepeatable } from '../../domain/dynamodb/operations/write-set.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { OperationForwarder } from '../../ports/outbound/operation-forwarder.ts';
import type { AdmittedOperations, AdmittedRequest } from './admitted-operations.ts';
import { answerOf } from './read-body.ts';

/** Has DynamoDB do an operation, whatever it is. */
export class ForwardOperation implements AdmittedOperations {
  readonly #forwarder: OperationForwarder;

  constructor(forwarder: OperationForwarder) {
    this.#forwarder = forwarder;
  }

  execute({ operation, headers, body, signal, caller: { region } }: AdmittedRequest): Promise<WireAnswer> {
    const repeatable = isRepeatable(operation);
    return this.#forwarder.forward({ operation, headers, body, signal, region, isRepeatable: repeatable });
  }
}

const NO_ENDPOINTS = new TextEncoder().encode('{"Endpoints":[]}');

/**
 * Answers `DescribeEndpoints` without DynamoDB. Its own answer names the regional endpoint, so that a client with endpoint
 * discovery would send everything else past the extension, and its writes would invalidate nothing.
 */
export class AnswerEndpoints implements AdmittedOperations {
  execute(): WireAnswer {
    return answerOf(NO_ENDPOINTS);
  }
}
