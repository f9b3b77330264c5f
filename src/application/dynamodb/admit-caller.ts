import { namesForeignTable } from '../../domain/dynamodb/foreign-table.ts';
import type { Caller, CallerRecogniser } from '../../ports/caller-recogniser.ts';
import { OperationRefusedError } from '../../ports/wire-errors.ts';
import type { WireAnswer, WireOperations, WireRequest } from '../../ports/wire-operations.ts';
import { AdmittedOperation, type AdmittedOperations } from './admitted-operations.ts';

/** Lets nothing pass but operations of our own identity on tables of its account, because all of them are done under it. */
export class AdmitCaller implements WireOperations {
  readonly #recogniser: CallerRecogniser;
  readonly #operations: AdmittedOperations;

  constructor(recogniser: CallerRecogniser, operations: AdmittedOperations) {
    this.#recogniser = recogniser;
    this.#operations = operations;
  }

  execute(request: WireRequest): WireAnswer | Promise<WireAnswer> {
    const caller = this.#recogniser.recognise(request);
    return 'then' in caller
      ? caller.then((known) => this.#admit(request, known))
      : this.#admit(request, caller);
  }

  #admit(request: WireRequest, caller: Caller): WireAnswer | Promise<WireAnswer> {
    if (caller.account !== undefined && namesForeignTable(request.body, caller.account)) {
      throw new OperationRefusedError(
        'AccessDeniedException',
        "the table is in another account than the function's, and the cache answers for none but this: give this client an endpoint of DynamoDB itself",
      );
    }
    return this.#operations.execute(new AdmittedOperation(request, caller));
  }
}
