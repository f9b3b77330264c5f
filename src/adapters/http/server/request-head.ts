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

/** The value of a header by its lower-case name; values of a repeated name are joined by `, `. */
export const headerIn = ({ headers }: RequestHead, name: string): string | undefined => {
  let joined: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const given = headers[index] ?? '';
    if (given.length !== name.length || (given !== name && given.toLowerCase() !== name)) continue;
    joined = joined === undefined ? headers[index + 1] : `${joined}, ${headers[index + 1]}`;
  }
  return joined;
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

/** The request is not valid HTTP/1.x. The connection must be closed. */
export class MalformedRequestError extends Error {
  /** Status code and reason, such as `400 Bad Request`. */
  readonly status: string;

  constructor(status = '400 Bad Request') {
    super(status);
    this.status = status;
  }
}
