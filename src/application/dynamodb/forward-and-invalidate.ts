import { writeSetOf, wroteNothing } from '../../domain/dynamodb/operations/write-set.ts';

import { NotForwardedError, type WireAnswer } from '../../ports/inbound/wire-operations.ts';

import type { WriteEnd } from '../storing/recent-writes.ts';
import type { AdmittedOperations, AdmittedRequest, EndpointParts } from './admitted-operations.ts';

/** Has DynamoDB do what may change items, and sees to it that nobody is answered as if it had not happened. */
export class ForwardAndInvalidate implements AdmittedOperations {
  readonly #parts: EndpointParts;

  constructor(parts: EndpointParts) {
    this.#parts = parts;
  }

  execute(request: AdmittedRequest): WireAnswer | Promise<WireAnswer> {
    const { tables, forward, cache } = this.#parts;
    const touched = writeSetOf(request.operation, request.outline ?? request.body, tables);
    if (touched !== 'everything' && touched.length === 0) return forward.execute(request);
    return this.#carryOut(request, cache.writes.begin(touched));
  }

  async #carryOut(
    request: AdmittedRequest,
    write: { readonly end: (how: WriteEnd) => void },
  ): Promise<WireAnswer> {
    let end: WriteEnd = 'unknown';
    try {
      const answer = await this.#parts.forward.execute(request);
      end = endSaidBy(answer, request.operation);
      return answer;
    } catch (error) {
      if (error instanceof NotForwardedError) end = 'known';
      throw error;
    } finally {
      write.end(end);
    }
  }
}

const TRANSACTIONS: ReadonlySet<string> = new Set(['TransactWriteItems', 'ExecuteTransaction']);

/** How a write ended by its answer. For a transaction, few errors say so. An error too long to come whole is not read. */
const endSaidBy = ({ status, body }: WireAnswer, operation: string): WriteEnd => {
  if (status === 200) return 'known';
  if (!TRANSACTIONS.has(operation)) return status >= 400 && status < 500 ? 'known' : 'unknown';
  return status === 400 && body instanceof Uint8Array && wroteNothing(body) ? 'known' : 'unknown';
};
