import type { CallerRecogniser } from '../../ports/caller-recogniser.ts';
import type { WireAnswer, WireOperations, WireRequest } from '../../ports/wire-operations.ts';
import type { AdmittedOperations } from './admitted-operations.ts';

/** Lets nothing pass but operations of our own identity, because all of them are done under it. */
export class AdmitCaller implements WireOperations {
  readonly #recogniser: CallerRecogniser;
  readonly #operations: AdmittedOperations;

  constructor(recogniser: CallerRecogniser, operations: AdmittedOperations) {
    this.#recogniser = recogniser;
    this.#operations = operations;
  }

  execute(request: WireRequest): WireAnswer | Promise<WireAnswer> {
    const caller = this.#recogniser.recognise(request);
    if ('then' in caller)
      return caller.then((known) => this.#operations.execute({ ...request, caller: known }));
    return this.#operations.execute({ ...request, caller });
  }
}
