import { TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import type { ForwardReason } from '../../domain/dynamodb/operations/bypass-reason.ts';
import { isWrite } from '../../domain/dynamodb/operations/write-set.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { AdmittedOperations, AdmittedRequest, EndpointParts } from './admitted-operations.ts';
import { AnswerBatch } from './answer-batch.ts';
import { AnswerItem } from './answer-item.ts';
import { AnswerQuery } from './answer-query.ts';
import { AnswerEndpoints, ForwardAndInvalidate } from './forward-operation.ts';
import { ShadowReads } from './shadow-reads.ts';

/** Routes the operations of SDK clients: cacheable reads go through the cache, all others are forwarded. */
export class ServeOperations implements AdmittedOperations {
  readonly #reads: ReadonlyMap<string, AdmittedOperations>;
  readonly #endpoints = new AnswerEndpoints();
  readonly #others: AdmittedOperations;
  readonly #forwards: EndpointParts['cache']['forwards'];

  constructor(parts: EndpointParts) {
    const observer = new ShadowReads(parts);
    this.#reads = new Map<string, AdmittedOperations>([
      ['GetItem', new AnswerItem(parts, observer)],
      ['BatchGetItem', new AnswerBatch(parts, observer)],
      ['Query', new AnswerQuery(parts)],
    ]);
    this.#others = new ForwardAndInvalidate(parts);
    this.#forwards = parts.cache.forwards;
  }

  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer> {
    return this.#operationsFor(request).execute(request);
  }

  #operationsFor({ operation, headers, outline }: AdmittedRequest): AdmittedOperations {
    if (operation === 'DescribeEndpoints') return this.#endpoints;
    const read = this.#reads.get(operation);
    // A body with an outline is too large to be parsed. Only DynamoDB knows how it reads another content type.
    const isReadable = outline === undefined && headers.get('content-type') === TYPED;
    if (read !== undefined && isReadable) return read;
    this.#forwards.count(reasonOf(operation, read !== undefined, outline !== undefined));
    return this.#others;
  }
}

const reasonOf = (operation: string, isCacheable: boolean, isLarge: boolean): ForwardReason => {
  if (isCacheable) return isLarge ? 'too_large' : 'content_type';
  return isWrite(operation) ? 'write' : 'other_operation';
};
