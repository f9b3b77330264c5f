import type { EntryKey } from '../../domain/cache/entry-key.ts';
import type { Invalidator } from '../../ports/invalidator.ts';
import type { ItemReader, ReadResult } from '../../ports/item-reader.ts';
import type { AddressParser } from './address-parser.ts';
import type { Answer } from './answer.ts';
import { BadRequestError } from './bad-request-error.ts';
import { parseCacheControl } from './cache-control.ts';
import { parseFormQuery, queryOf } from './form-query.ts';
import { itemResponse } from './item-response.ts';
import { methodNotAllowed, problemResponse } from './problem.ts';

/** One path under which items are read and forgotten. */
export interface ItemRouteOptions {
  /** Such as `/dynamodb`. */
  readonly path: string;
  readonly addresses: AddressParser;
  /** Content types by the value of the `format` parameter that asks for them; there is no such parameter if absent. */
  readonly formats?: ReadonlyMap<string, string>;
  /** The content type of an answer to a request without `format`. */
  readonly defaultContentType: string;
  readonly reader: ItemReader;
  readonly invalidator: Invalidator;
}

const FORMAT = 'format';
const NO_FORMATS: ReadonlyMap<string, string> = new Map();
const METHODS = 'GET, HEAD, DELETE';

/** The answers to everything under one item path. A hit is answered without awaiting anything. */
export const itemRoute = (options: ItemRouteOptions, cacheName: string): Answer => {
  const { addresses, formats = NO_FORMATS, defaultContentType, reader, invalidator } = options;
  const deleteParameters = new Set(addresses.parameters);
  const readParameters = formats.size > 0 ? new Set([...deleteParameters, FORMAT]) : deleteParameters;

  const contentTypeOf = (query: ReadonlyMap<string, string>): string => {
    const format = query.get(FORMAT);
    if (format === undefined || !readParameters.has(FORMAT)) return defaultContentType;
    const contentType = formats.get(format);
    if (contentType !== undefined) return contentType;
    throw new BadRequestError('unknown_parameter', `format takes one of: ${[...formats.keys()].join(', ')}`);
  };

  const read = (request: Request): Response | Promise<Response> => {
    const query = parametersOf(request, readParameters);
    const contentType = contentTypeOf(query);
    const key = requireKey(addresses.parse(query).key);
    const freshness = parseCacheControl(request.headers.get('cache-control'));
    const result = reader.read(key, { contentType, freshness });
    const answer = (found: ReadResult) => itemResponse(found, request.headers, cacheName);
    return 'then' in result ? result.then(answer) : answer(result);
  };

  const forget = (request: Request): Response => {
    const { group, key } = addresses.parse(parametersOf(request, deleteParameters));
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

const parametersOf = (request: Request, known: ReadonlySet<string>): ReadonlyMap<string, string> => {
  refuseBody(request.headers);
  const query = parseFormQuery(queryOf(request.url));
  for (const name of query.keys()) {
    // Its name is not repeated: behind an unencoded & it may be the rest of a key value.
    if (!known.has(name)) throw unknownParameter(known);
  }
  return query;
};

const unknownParameter = (known: ReadonlySet<string>): BadRequestError =>
  new BadRequestError(
    'unknown_parameter',
    `only these query parameters are known: ${[...known].join(', ')}; an & within a value is written %26`,
  );

const refuseBody = (headers: Headers): void => {
  const length = headers.get('content-length');
  if ((length === null || /^0+$/.test(length)) && !headers.has('transfer-encoding')) return;
  throw new BadRequestError('malformed_request', 'a request for an item has no body');
};

const requireKey = (key: EntryKey | undefined): EntryKey => {
  if (key === undefined) throw new BadRequestError('malformed_name', 'the request names no single item');
  return key;
};
