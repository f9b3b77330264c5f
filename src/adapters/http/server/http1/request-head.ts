/** What stands before the body of a request. */
export interface RequestHead {
  readonly method: string;
  /** As it was sent: one character for each byte. */
  readonly target: string;
  /** Whether it speaks HTTP/1.0. */
  readonly isOld: boolean;
  /** Names and values in turn, as they were sent. */
  readonly headers: readonly string[];
}

/** The methods that the parser of Node.js knows, by RFC 9110 and what extends it. */
const METHODS = new Set(
  'ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'.split(
    ' ',
  ),
);

/** Request line and headers (RFC 9112, sections 3 and 5) in one expression: to look at each line takes longer. */
const HEAD =
  /^[A-Z-]+ +[\x21-\x7e]+ HTTP\/1\.[01](?:\r\n[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/;

/** A path, or a URL whose authority consists of what RFC 3986 allows there, or all of the server. */
const TARGET = /^(?:[/*]|[A-Za-z]+:\/\/[\w.!~*'()%;:&=+$,[\]-]*(?:@[\w.!~*'()%;:&=+$,[\]-]*)?(?:[/?]|$))/;

/** What may be the beginning of a line that is still being sent. */
const BEGUN_REQUEST_LINE = /^[A-Z-]{1,16}(?: +[\x21-\x7e]*(?: [HTP/.\d]{0,8})?)?\r?$/;
const BEGUN_HEADER = /^(?:\r|[!#$%&'*+\-.^_`|~\dA-Za-z]+(?::[\t\x20-\x7e\x80-\xff]*\r?)?)?$/;

/**
 * Reads the head of a request, as strictly as the parser of Node.js.
 *
 * @param text one character for each byte, without the empty line at its end
 * @throws {MalformedRequestError}
 */
export const readRequestHead = (text: string): RequestHead => {
  if (!HEAD.test(text)) throw new MalformedRequestError();
  const lineEnd = endOfLine(text, 0);
  const methodEnd = text.indexOf(' ');
  const versionStart = text.lastIndexOf(' ', lineEnd - 1) + 1;
  const method = text.slice(0, methodEnd);
  const target = text.slice(methodEnd, versionStart).trim();
  const isTarget = method === 'CONNECT' || TARGET.test(target);
  if (!METHODS.has(method) || !isTarget) throw new MalformedRequestError();
  return { method, target, isOld: text.charAt(lineEnd - 1) === '0', headers: headersIn(text, lineEnd) };
};

/**
 * Sees whether `text` may be the beginning of a head, so that a client that speaks anything else need not be waited for.
 *
 * @throws {MalformedRequestError}
 */
export const checkBegunHead = (text: string): void => {
  const lastEnd = text.lastIndexOf('\r\n');
  if (lastEnd !== -1 && !HEAD.test(text.slice(0, lastEnd))) throw new MalformedRequestError();
  const begun = lastEnd === -1 ? text : text.slice(lastEnd + 2);
  if (!(lastEnd === -1 ? BEGUN_REQUEST_LINE : BEGUN_HEADER).test(begun)) throw new MalformedRequestError();
};

/** The value of a header by its name in lower case; what was sent twice is joined. */
export const headerIn = ({ headers }: RequestHead, name: string): string | undefined => {
  let joined: string | undefined;
  for (let index = 0; index < headers.length; index += 2) {
    const given = headers[index] ?? '';
    if (given.length !== name.length || (given !== name && given.toLowerCase() !== name)) continue;
    joined = joined === undefined ? headers[index + 1] : `${joined}, ${headers[index + 1]}`;
  }
  return joined;
};

/** The bytes that the limit of a head is about: target, names and values. */
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

/** Without blanks and tabs around it; `trim` takes away more than these. */
const trimmed = (text: string, start: number, end: number): string => {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
};

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** A request that is no HTTP/1.1. Its connection is of no further use. */
export class MalformedRequestError extends Error {
  /** The status and its reason, such as `400 Bad Request`. */
  readonly status: string;

  constructor(status = '400 Bad Request') {
    super(status);
    this.status = status;
  }
}
