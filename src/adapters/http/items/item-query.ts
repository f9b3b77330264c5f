import type { Address, EntryKey } from '../../../domain/cache/cache-entry.ts';
import { CacheError } from '../../../domain/cache/errors.ts';
import { ParsedRequests } from '../parsed-requests.ts';
import type { BodyPart } from './json-key.ts';

/** Converts query parameters to the address of an item or a group. */
export interface AddressParser {
  /** The supported query parameters. A request with any other is rejected before `parse`. */
  readonly parameters: readonly string[];
  /**
   * Returns the address that the decoded parameters name; without a key if they name a whole group.
   *
   * @throws {CacheError} if they name neither
   */
  parse(query: ReadonlyMap<string, string>): Address;
}

/** The item and the form that the query string of a read requests. */
export interface RequestedItem {
  readonly key: EntryKey;
  readonly contentType: string;
  /** Selects a part of the item; absent if all of it is requested. */
  readonly selector?: string | undefined;
}

/** What a request to invalidate names. */
export interface RequestedInvalidation {
  readonly address: Address;
  /** Whether all environments shall invalidate it. */
  readonly everywhere: boolean;
}

/** How items of one path are named, and the forms in which they are available. */
export interface ItemQueryOptions {
  readonly addresses: AddressParser;
  /** Content types by the value of the `format` parameter; absent if the path has no such parameter. */
  readonly formats?: ReadonlyMap<string, string>;
  /** The content type of the response to a request without `format`. */
  readonly defaultContentType: string;
  /** Parts of items that can be requested in that content type; absent if the path has no such parameter. */
  readonly part?: BodyPart;
  /** Whether parsed queries are kept, which is for paths with few names, such as that of parameters; default false. */
  readonly keepsParsed?: boolean;
}

const FORMAT = 'format';
const EVERYWHERE = 'everywhere';
const NO_FORMATS: ReadonlyMap<string, string> = new Map();

/** Parses the query strings of one item path. */
export class ItemQuery {
  readonly #addresses: AddressParser;
  readonly #formats: ReadonlyMap<string, string>;
  readonly #defaultContentType: string;
  readonly #invalidationParameters: ReadonlySet<string>;
  readonly #readParameters: ReadonlySet<string>;
  readonly #partParameter: string | undefined;
  readonly #parsed: ParsedRequests<RequestedItem> | undefined;

  constructor({
    addresses,
    formats = NO_FORMATS,
    defaultContentType,
    part,
    keepsParsed = false,
  }: ItemQueryOptions) {
    this.#addresses = addresses;
    this.#formats = formats;
    this.#defaultContentType = defaultContentType;
    this.#invalidationParameters = new Set([...addresses.parameters, EVERYWHERE]);
    this.#partParameter = part?.parameter;
    this.#readParameters = new Set([
      ...addresses.parameters,
      ...(formats.size > 0 ? [FORMAT] : []),
      ...(part === undefined ? [] : [part.parameter]),
    ]);
    this.#parsed = keepsParsed ? new ParsedRequests((query) => this.#parse(query)) : undefined;
  }

  /** @throws {CacheError} if `query`, still encoded, does not name one item in a supported form */
  requestedItem(query: string): RequestedItem {
    return this.#parsed === undefined ? this.#parse(query) : this.#parsed.of(query);
  }

  #parse(query: string): RequestedItem {
    const parameters = parametersIn(query, this.#readParameters);
    const contentType = this.#contentTypeOf(parameters);
    const { key } = this.#addresses.parse(parameters);
    if (key === undefined)
      throw new BadRequestError('malformed_name', 'the request names a whole group: name one item');
    const selector = this.#partParameter === undefined ? undefined : parameters.get(this.#partParameter);
    if (selector !== undefined && contentType !== this.#defaultContentType)
      throw new BadRequestError(
        'unknown_parameter',
        `${this.#partParameter} cannot be combined with ${FORMAT}`,
      );
    return { key, contentType, selector };
  }

  /** @throws {CacheError} if `query`, still encoded, names neither an item nor a group */
  invalidation(query: string): RequestedInvalidation {
    const parameters = parametersIn(query, this.#invalidationParameters);
    const everywhere = parameters.get(EVERYWHERE);
    if (everywhere !== undefined && everywhere !== 'true' && everywhere !== 'false')
      throw new BadRequestError('unknown_parameter', `${EVERYWHERE} must be one of: true, false`);
    parameters.delete(EVERYWHERE);
    return { address: this.#addresses.parse(parameters), everywhere: everywhere === 'true' };
  }

  #contentTypeOf(parameters: ReadonlyMap<string, string>): string {
    const format = parameters.get(FORMAT);
    if (format === undefined || !this.#readParameters.has(FORMAT)) return this.#defaultContentType;
    const contentType = this.#formats.get(format);
    if (contentType !== undefined) return contentType;
    const known = [...this.#formats.keys()].join(', ');
    throw new BadRequestError('unknown_parameter', `format must be one of: ${known}`);
  }
}

const parametersIn = (query: string, known: ReadonlySet<string>): Map<string, string> => {
  const parameters = parseFormQuery(query);
  for (const name of parameters.keys()) {
    // The error must not repeat the name: after an unencoded & it may be part of a key value.
    if (!known.has(name)) throw unknownParameter(known);
  }
  return parameters;
};

const unknownParameter = (known: ReadonlySet<string>): BadRequestError =>
  new BadRequestError(
    'unknown_parameter',
    `a query parameter is unknown; allowed: ${[...known].join(', ')}; encode an & within a value as %26`,
  );

/** A path under which items are read: fixed, or with parameters in it, such as `/tables/:table`. */
export class RoutePath {
  readonly path: string;
  readonly #parameters: readonly string[];
  readonly #pattern: RegExp | undefined;

  constructor(path: string) {
    this.path = path;
    this.#parameters = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
    this.#pattern =
      this.#parameters.length === 0 ? undefined : new RegExp(`^${path.replaceAll(/:\w+/g, '([^/]+)')}$`);
  }

  get isFixed(): boolean {
    return this.#pattern === undefined;
  }

  /**
   * Returns the query with the parameters of the path in front, so that both are decoded and checked in one way; undefined
   * if the path is another.
   *
   * @param path still encoded
   * @param query still encoded
   */
  queryOf(path: string, query: string): string | undefined {
    if (this.#pattern === undefined) return path === this.path ? query : undefined;
    const match = this.#pattern.exec(path);
    if (match === null) return undefined;
    // In a path, these characters have no meaning of their own.
    const pairs = this.#parameters.map(
      (name, index) => `${name}=${(match[index + 1] ?? '').replaceAll('+', '%2B').replaceAll('&', '%26')}`,
    );
    return query === '' ? pairs.join('&') : `${pairs.join('&')}&${query}`;
  }
}

/**
 * Parses and decodes a form-encoded query string: `+` is a space, `%2B` a plus sign.
 *
 * @param query the part after the `?`, still encoded
 * @throws {BadRequestError} `malformed_name` for a bad `%`, bytes that are not UTF-8, and a parameter given twice
 */
export const parseFormQuery = (query: string): Map<string, string> => {
  const parameters = new Map<string, string>();
  let start = 0;
  while (start < query.length) {
    const ampersand = query.indexOf('&', start);
    const end = ampersand === -1 ? query.length : ampersand;
    if (end > start) addPair(parameters, query.slice(start, end));
    start = end + 1;
  }
  return parameters;
};

const addPair = (parameters: Map<string, string>, pair: string): void => {
  const equals = pair.indexOf('=');
  const name = decode(equals === -1 ? pair : pair.slice(0, equals));
  if (parameters.has(name)) throw new BadRequestError('malformed_name', 'a query parameter is given twice');
  parameters.set(name, equals === -1 ? '' : decode(pair.slice(equals + 1)));
};

const decode = (text: string): string => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new BadRequestError(
      'malformed_name',
      'the query string is not percent-encoded UTF-8: encode a percent sign as %25',
    );
  }
};

/** The query string of a request target, without the `?`; may be empty. Targets have no fragment: a `#` is part of it. */
export const queryOf = (url: string): string => {
  const question = url.indexOf('?');
  return question === -1 ? '' : url.slice(question + 1);
};

/**
 * The part of a request that is invalid: `malformed_name` the query string, `malformed_request` a header or an unexpected
 * body, `unknown_parameter` a query parameter or its value.
 */
export type BadRequestCode = 'malformed_name' | 'malformed_request' | 'unknown_parameter';

/** The request is invalid. The message never quotes the request, which may contain a key value. */
export class BadRequestError extends CacheError {
  readonly code: BadRequestCode;
  readonly category = 'invalid_request';

  constructor(code: BadRequestCode, message: string) {
    super(message);
    this.code = code;
  }
}
