import { NotInCacheError } from '../../../domain/cache/errors.ts';
import type { Freshness } from '../../../ports/inbound/item-reader.ts';
import { BadRequestError } from './item-query.ts';

export const ANY_FRESHNESS: Freshness = { kind: 'any' };
const NO_CACHE: Freshness = { kind: 'no-cache' };

/** Larger numbers of seconds are reduced to this one (RFC 9111, section 1.2.2). */
const MAX_DELTA_SECONDS = 2 ** 31;

/**
 * Parses the `Cache-Control` header of a request (RFC 9111, section 5.2.1). Supports `no-cache`, `max-age` and
 * `only-if-cached` in any combination. Ignores other directives such as `no-store`, which do not affect a lookup.
 *
 * @throws {BadRequestError} `malformed_request` if it is not a list of directives, or `max-age` has no number
 * @throws {NotInCacheError} for `only-if-cached` together with `no-cache`, which no answer satisfies
 */
export const parseCacheControl = (header: string | null): Freshness => {
  if (header === null) return ANY_FRESHNESS;
  if (header === 'no-cache') return NO_CACHE;
  let noCache = false;
  let onlyIfCached = false;
  let maxAgeSeconds = Number.POSITIVE_INFINITY;
  for (const { name, argument } of directivesIn(header)) {
    if (name === 'no-cache') noCache = true;
    else if (name === 'only-if-cached') onlyIfCached = true;
    else if (name === 'max-age') maxAgeSeconds = Math.min(maxAgeSeconds, deltaSeconds(argument));
  }
  if (noCache && onlyIfCached)
    throw new NotInCacheError('no answer satisfies only-if-cached and no-cache: send one of them');
  if (noCache) return NO_CACHE;
  const age = Number.isFinite(maxAgeSeconds) ? { seconds: maxAgeSeconds } : undefined;
  if (onlyIfCached) return { kind: 'only-if-cached', ...age };
  return age === undefined ? ANY_FRESHNESS : { kind: 'max-age', ...age };
};

interface Directive {
  readonly name: string;
  readonly argument: string | undefined;
}

const WHITESPACE = /[\t ]*/y;
const DIRECTIVE =
  /([!#$%&'*+\-.^_`|~\dA-Za-z]+)(?:=(?:([!#$%&'*+\-.^_`|~\dA-Za-z]+)|"((?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*)"))?/y;

function* directivesIn(header: string): Generator<Directive> {
  let position = 0;
  while (true) {
    position = skipWhitespace(header, position);
    if (position < header.length && header[position] !== ',') {
      DIRECTIVE.lastIndex = position;
      const match = DIRECTIVE.exec(header);
      if (match === null) throw malformed();
      const [whole, name = '', token, quoted] = match;
      position = skipWhitespace(header, position + whole.length);
      yield { name: name.toLowerCase(), argument: token ?? quoted?.replaceAll(/\\(.)/g, '$1') };
    }
    if (position >= header.length) return;
    if (header[position] !== ',') throw malformed();
    position += 1;
  }
}

const skipWhitespace = (text: string, position: number): number => {
  WHITESPACE.lastIndex = position;
  WHITESPACE.test(text);
  return WHITESPACE.lastIndex;
};

const deltaSeconds = (argument: string | undefined): number => {
  if (argument === undefined || !/^\d+$/.test(argument)) {
    throw new BadRequestError(
      'malformed_request',
      'max-age in Cache-Control must be a whole number of seconds',
    );
  }
  return Math.min(Number(argument), MAX_DELTA_SECONDS);
};

const malformed = (): BadRequestError =>
  new BadRequestError('malformed_request', 'the Cache-Control header is not a list of directives');
