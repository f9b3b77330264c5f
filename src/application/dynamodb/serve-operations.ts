import type { WireAnswer } from '../../ports/wire-operations.ts';
import type { AdmittedOperations, AdmittedRequest } from './admitted-operations.ts';
import { AnswerBatch } from './answer-batch.ts';
import { AnswerItem } from './answer-item.ts';
import { AnswerQuery } from './answer-query.ts';
import { CarryOutWrite } from './carry-out-write.ts';
import type { EndpointParts } from './endpoint-parts.ts';
import { ObserveReads } from './observe-reads.ts';

/** Does operations for clients that take this for DynamoDB: reads from memory where that is certain to be right, all else by DynamoDB itself. */
export class ServeOperations implements AdmittedOperations {
  readonly #reads: ReadonlyMap<string, AdmittedOperations>;
  readonly #others: AdmittedOperations;

  constructor(parts: EndpointParts) {
    const observer = new ObserveReads(parts);
    this.#reads = new Map<string, AdmittedOperations>([
      ['GetItem', new AnswerItem(parts, observer)],
      ['BatchGetItem', new AnswerBatch(parts, observer)],
      ['Query', new AnswerQuery(parts)],
    ]);
    this.#others = new CarryOutWrite(parts);
  }

  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer> {
    return (this.#reads.get(request.operation) ?? this.#others).execute(request);
  }
}
