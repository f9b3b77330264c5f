import type { Address } from '../../../domain/cache/address.ts';
import type { EntryKey } from '../../../domain/cache/entry-key.ts';
import type { AddressParser } from './address-parser.ts';
import { BadRequestError } from './bad-request-error.ts';
import { parseFormQuery } from './form-query.ts';

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
