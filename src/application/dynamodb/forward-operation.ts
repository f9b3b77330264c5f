import { isRepeatable } from '../../domain/dynamodb/operation-effect.ts';
import type { OperationForwarder } from '../../ports/operation-forwarder.ts';
import type { WireAnswer } from '../../ports/wire-operations.ts';
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
