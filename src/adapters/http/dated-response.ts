import { type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { httpDate } from './http-date.ts';

type HeadersOrReason = string | OutgoingHttpHeaders | OutgoingHttpHeader[];

/** An answer of `node:http` that carries the `Date` of the moment at which its head is written. */
export class DatedResponse extends ServerResponse {
  override writeHead(
    status: number,
    first?: HeadersOrReason,
    second?: OutgoingHttpHeaders | OutgoingHttpHeader[],
  ): this {
    // Without `setHeader`, Node.js writes the headers as they are; with it, it copies each of them first.
    if (typeof first === 'object' && !Array.isArray(first)) {
      return super.writeHead(status, { ...first, date: httpDate() });
    }
    this.setHeader('date', httpDate());
    return typeof first === 'string'
      ? super.writeHead(status, first, second)
      : super.writeHead(status, first);
  }
}
