import type { Invalidator } from '../../../ports/inbound/invalidator.ts';
import type { ItemReader, ReadResult } from '../../../ports/inbound/item-reader.ts';
import { methodNotAllowed, problemResponse } from '../problem.ts';
import type { Answer } from './answer.ts';
import { BadRequestError } from './bad-request-error.ts';
import { parseCacheControl } from './cache-control.ts';
import { queryOf } from './form-query.ts';
import { ItemQuery, type ItemQueryOptions } from './item-query.ts';
import { itemResponse } from './item-response.ts';

/** One path under which items are read and forgotten. */
export interface ItemRouteOptions extends ItemQueryOptions {
  /** Such as `/dynamodb`. */
  readonly path: string;
  readonly reader: ItemReader;
  readonly invalidator: Invalidator;
}

const METHODS = 'GET, HEAD, DELETE';

/** The answers to everything under one item path. A hit is answered without awaiting anything. */
export const itemRoute = (options: ItemRouteOptions, cacheName: string): Answer => {
  const { reader, invalidator } = options;
  const query = new ItemQuery(options);

  const read = (request: Request): Response | Promise<Response> => {
    refuseBody(request.headers);
    const { key, contentType } = query.wanted(queryOf(request.url));
    const freshness = parseCacheControl(request.headers.get('cache-control'));
    const result = reader.read(key, { contentType, freshness });
    const answer = (found: ReadResult) => itemResponse(found, request.headers, cacheName);
    return 'then' in result ? result.then(answer) : answer(result);
  };

  const forget = (request: Request): Response => {
    refuseBody(request.headers);
    const { group, key } = query.address(queryOf(request.url));
    if (key === undefined) invalidator.invalidateGroup(group);
    else invalidator.invalidate(key);
    return new Response(null, { status: 204 });
  };

  return (request) => {
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return read(request);
      case 'DELETE':
        return forget(request);
      default:
        return problemResponse(methodNotAllowed(METHODS));
    }
  };
};

const refuseBody = (headers: Headers): void => {
  const length = headers.get('content-length');
  if ((length === null || /^0+$/.test(length)) && !headers.has('transfer-encoding')) return;
  throw new BadRequestError('malformed_request', 'a request for an item has no body');
};
