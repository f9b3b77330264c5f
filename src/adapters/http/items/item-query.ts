import type { Address, EntryKey } from '../../../domain/cache/cache-entry.ts';
import { CacheError } from '../../../domain/cache/errors.ts';

/** Reads from a query string what a request names. */
export interface AddressParser {
  /** The names of the query parameters that are understood; any other is refused before `parse`. */
  readonly parameters: readonly string[];
  /**
   * The address that the decoded parameters name: without a key if they name a whole group.
   *
   * @throws {CacheError} if they name nothing
   */
  parse(query: ReadonlyMap<string, string>): Address;
}

/** What the query string of a read asks for. */
export interface WantedItem {
  readonly key: EntryKey;
  readonly contentType: string;
}

/** How items of one path are named, and in which forms they are to be had. */
export interface ItemQueryOptions {
  readonly addresses: AddressParser;
  /** Content types by the value of the `format` parameter that asks for them; there is no such parameter if absent. */
  readonly formats?: ReadonlyMap<string, string>;
  /** The content type of an answer to a request without `format`. */
  readonly defaultContentType: string;
}

const FORMAT = 'format';
const NO_FORMATS: ReadonlyMap<string, string> = new Map();

/** Understands the query strings of one item path. */
export class ItemQuery {
  readonly #addresses: AddressParser;
  readonly #formats: ReadonlyMap<string, string>;
  readonly #defaultContentType: string;
  readonly #addressParameters: ReadonlySet<string>;
  readonly #readParameters: ReadonlySet<string>;

  constructor({ addresses, formats = NO_FORMATS, defaultContentType }: ItemQueryOptions) {
    this.#addresses = addresses;
    this.#formats = formats;
    this.#defaultContentType = defaultContentType;
    this.#addressParameters = new Set(addresses.parameters);
    this.#readParameters =
      formats.size > 0 ? new Set([...this.#addressParameters, FORMAT]) : this.#addressParameters;
  }

  /** @throws {CacheError} if `query`, as it was sent, names no item or no form of one */
  wanted(query: string): WantedItem {
    const parameters = parametersIn(query, this.#readParameters);
    const contentType = this.#contentTypeOf(parameters);
    const { key } = this.#addresses.parse(parameters);
    if (key === undefined) throw new BadRequestError('malformed_name', 'the request names no single item');
    return { key, contentType };
  }

  /** @throws {CacheError} if `query`, as it was sent, names neither an item nor a group */
  address(query: string): Address {
    return this.#addresses.parse(parametersIn(query, this.#addressParameters));
  }

  #contentTypeOf(parameters: ReadonlyMap<string, string>): string {
    const format = parameters.get(FORMAT);
    if (format === undefined || !this.#readParameters.has(FORMAT)) return this.#defaultContentType;
    const contentType = this.#formats.get(format);
    if (contentType !== undefined) return contentType;
    const known = [...this.#formats.keys()].join(', ');
    throw new BadRequestError('unknown_parameter', `format takes one of: ${known}`);
  }
}

const parametersIn = (query: string, known: ReadonlySet<string>): ReadonlyMap<string, string> => {
  const parameters = parseFormQuery(query);
  for (const name of parameters.keys()) {
    // Its name is not repeated: behind an unencoded & it may be the rest of a key value.
    if (!known.has(name)) throw unknownParameter(known);
  }
  return parameters;
};

const unknownParameter = (known: ReadonlySet<string>): BadRequestError =>
  new BadRequestError(
    'unknown_parameter',
    `only these query parameters are known: ${[...known].join(', ')}; an & within a value is written %26`,
  );

/**
 * The parameters of a form-encoded query string, decoded: `+` is a space, `%2B` a plus.
 *
 * @param query what follows the `?`, as it was sent
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
      'the query string is not percent-encoded UTF-8: a percent sign itself is written %25',
    );
  }
};

/** The query string of the target of a request, without the `?`; empty if there is none. Targets have no fragments: a `#` is a `#`. */
export const queryOf = (url: string): string => {
  const question = url.indexOf('?');
  return question === -1 ? '' : url.slice(question + 1);
};

/**
 * What is wrong with a request before anybody looks at the key it names: `malformed_name` the query string,
 * `malformed_request` its headers or the body it should not have, `unknown_parameter` a parameter or its value.
 */
export type BadRequestCode = 'malformed_name' | 'malformed_request' | 'unknown_parameter';

/** The request cannot be understood as it stands. The message never repeats what was sent: it may be a key value. */
export class BadRequestError extends CacheError {
  readonly code: BadRequestCode;
  readonly category = 'invalid_request';

  constructor(code: BadRequestCode, message: string) {
    super(message);
    this.code = code;
  }
}
