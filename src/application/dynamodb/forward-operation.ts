import { isRepeatable } from '../../domain/dynamodb/operations/operation-effect.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { OperationForwarder } from '../../ports/outbound/operation-forwarder.ts';
import type { AdmittedOperations, AdmittedRequest } from './admitted-operations.ts';

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
