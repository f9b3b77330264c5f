import type { WireHeaders } from '../../../ports/inbound/wire-operations.ts';
import { MalformedRequestError } from './server-errors.ts';

/** The request line and headers of a request. */
export interface RequestHead {
  readonly method: string;
  /** As received: one character per byte. */
  readonly target: string;
  /** Whether the version is HTTP/1.0. */
  readonly isHttp10: boolean;
  /** Alternating names and values, as received. */
  readonly headers: readonly string[];
}

/** The methods that the parser of Node.js accepts: those of RFC 9110 and its extensions. */
const METHODS = new Set(
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'.split(
    ' ',
  ),
);

/** Request line and headers (RFC 9112, sections 3 and 5). One expression is faster than a check of each line. */
const HEAD =
  /^[A-Z-]+ +[\x21-\x7e]+ HTTP\/1\.[01](?:\r\n[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/;

/** A path, `*` for the whole server, or a URL whose authority uses only characters allowed by RFC 3986. */
const TARGET = /^(?:[/*]|[A-Za-z]+:\/\/[\w.!~*'()%;:&=+$,[\]-]*(?:@[\w.!~*'()%;:&=+$,[\]-]*)?(?:[/?]|$))/;

/** A tab behind the digits of a length, which the parser of Node.js rejects; spaces there are valid. */
const TAB_AFTER_LENGTH = /\r\ncontent-length:[\t ]*\d+ *\t/i;

/** The valid beginnings of a line that is not complete yet. */
const PARTIAL_REQUEST_LINE = /^[A-Z-]{1,16}(?: +[\x21-\x7e]*(?: [HTP/.\d]{0,8})?)?\r?$/;
const PARTIAL_HEADER = /^(?:\r|[!#$%&'*+\-.^_`|~\dA-Za-z]+(?::[\t\x20-\x7e\x80-\xff]*\r?)?)?$/;

/**
 * Parses the head of a request as strictly as the parser of Node.js does.
 *
 * @param text one character per byte, without the empty line at the end
 * @throws {MalformedRequestError} if the head is invalid
 */
export const readRequestHead = (text: string): RequestHead => {
  if (!HEAD.test(text) || TAB_AFTER_LENGTH.test(text)) throw new MalformedRequestError();
  const lineEnd = endOfLine(text, 0);
  const methodEnd = text.indexOf(' ');
  const versionStart = text.lastIndexOf(' ', lineEnd - 1) + 1;
  const method = text.slice(0, methodEnd);
  const target = text.slice(methodEnd, versionStart).trim();
  const isTarget = method === 'CONNECT' || TARGET.test(target);
  if (!METHODS.has(method) || !isTarget) throw new MalformedRequestError();
  return { method, target, isHttp10: text.charAt(lineEnd - 1) === '0', headers: headersIn(text, lineEnd) };
};

/**
 * Checks whether `text` can be the beginning of a head, so that a client of another protocol is rejected at once.
 *
 * @throws {MalformedRequestError} if it cannot
 */
export const checkPartialHead = (text: string): void => {
  const lastEnd = text.lastIndexOf('\r\n');
  if (lastEnd !== -1 && !HEAD.test(text.slice(0, lastEnd))) throw new MalformedRequestError();
  const partial = lastEnd === -1 ? text : text.slice(lastEnd + 2);
  if (!(lastEnd === -1 ? PARTIAL_REQUEST_LINE : PARTIAL_HEADER).test(partial))
    throw new MalformedRequestError();
};

/** The bytes that count towards the limit of a head: target, names and values. */
export const measuredBytes = ({ target, headers }: RequestHead): number =>
  headers.reduce((sum, text) => sum + text.length, target.length);

const headersIn = (text: string, lineEnd: number): readonly string[] => {
  const headers: string[] = [];
  for (let start = lineEnd + 2; start < text.length; ) {
    const colon = text.indexOf(':', start);
    const end = endOfLine(text, colon);
    headers.push(text.slice(start, colon), trimmed(text, colon + 1, end));
    start = end + 2;
  }
  return headers;
};

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\r\n', from);
  return end === -1 ? text.length : end;
};

/** Removes surrounding spaces and tabs; `trim` would remove further characters. */
const trimmed = (text: string, start: number, end: number): string => {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
};

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** With more headers than this, a map is faster than a search for each name. */
const MAX_SEARCHED = 32;

/** Headers as received. Each lookup searches the list: requests have few headers, and callers read few of them. */
export class RawHeaders implements WireHeaders {
  readonly #pairs: readonly string[];

  /** @param pairs alternating names and values; values of a repeated name are joined by `, ` */
  constructor(pairs: readonly string[]) {
    this.#pairs = pairs;
  }

  get(name: string): string | null {
    return headerIn(this.#pairs, name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  forEach(visit: (value: string, name: string) => void): void {
    if (this.#pairs.length > 2 * MAX_SEARCHED) {
      this.#joined().forEach(visit);
      return;
    }
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      const name = (this.#pairs[index] ?? '').toLowerCase();
      if (this.#placeOf(name) === index) visit(headerIn(this.#pairs, name) ?? '', name);
    }
  }

  #joined(): ReadonlyMap<string, string> {
    const joined = new Map<string, string>();
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      const name = (this.#pairs[index] ?? '').toLowerCase();
      const value = this.#pairs[index + 1] ?? '';
      const before = joined.get(name);
      joined.set(name, before === undefined ? value : `${before}, ${value}`);
    }
    return joined;
  }

  /** The index of the first header with this lower-case name; -1 if it is missing. */
  #placeOf(name: string): number {
    for (let index = 0; index + 1 < this.#pairs.length; index += 2) {
      if (isNamed(this.#pairs[index] ?? '', name)) return index;
    }
    return -1;
  }
}

/** The value of a header by its lower-case name; values of a repeated name are joined by `, `. */
export const headerIn = (pairs: readonly string[], name: string): string | undefined => {
  let joined: string | undefined;
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    if (!isNamed(pairs[index] ?? '', name)) continue;
    const value = pairs[index + 1] ?? '';
    joined = joined === undefined ? value : `${joined}, ${value}`;
  }
  return joined;
};

/** Compares before converting: most clients send names in lower case. */
const isNamed = (given: string, wanted: string): boolean =>
  given.length === wanted.length && (given === wanted || given.toLowerCase() === wanted);

// All except printable ASCII, # and \. A URL parser gives # and \ a special meaning.
const UNSAFE = /[^\x21\x22\x24-\x5b\x5d-\x7e]/;
const ALL_UNSAFE = new RegExp(UNSAFE, 'g');

const PLAIN_LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1)(?::[1-5]?\d{1,4})?$/;
const ABSOLUTE = /^https?:\/\//i;

/** `.invalid` is reserved (RFC 6761): a guard rejects this host. */
const INVALID_URL = 'http://nowhere.invalid/';

/**
 * Converts a request target so that it always parses as a URL. The bytes that its percent-encoding represents are unchanged.
 *
 * @param target as received: one character per byte
 * @param host the Host header
 */
export const safeTarget = (target: string, host: string | undefined): string => {
  const safe = UNSAFE.test(target) ? target.replace(ALL_UNSAFE, percentEncoded) : target;
  if (ABSOLUTE.test(safe)) return URL.canParse(safe) ? new URL(safe).href : INVALID_URL;
  const path = safe.startsWith('/') ? safe : `/${safe}`;
  // An unusual Host may not parse as part of a URL. A guard checks the header itself.
  return host !== undefined && PLAIN_LOOPBACK_HOST.test(host) ? path : `http://localhost${path}`;
};

const percentEncoded = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
