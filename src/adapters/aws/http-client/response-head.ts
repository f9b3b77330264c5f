import { UnreadableResponseError } from './transport-error.ts';

/** What stands before the body of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** By their names in lower case; what was sent twice is joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of its protocol: 1.0 or 1.1. */
  readonly isOld: boolean;
}

const STATUS_LINE = /^HTTP\/1\.[01] [1-5]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const HEADER = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*$/;
/** A status line, and headers: at once, because to look at each line takes longer. */
const HEAD =
  /^HTTP\/1\.[01] [1-5]\d\d(?: [\t\x20-\x7e\x80-\xff]*)?(?:\r\n[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/;

const MINOR_AT = 'HTTP/1.'.length;
const STATUS_AT = 'HTTP/1.1 '.length;

/**
 * Reads the head of an answer (RFC 9112, sections 4 and 5).
 *
 * @param text one character for each byte, without the empty line at its end
 * @throws {UnreadableResponseError} if it is anything else
 */
export const parseResponseHead = (text: string): ResponseHead => {
  if (!HEAD.test(text)) throw unreadable(text);
  const headers: Record<string, string> = {};
  for (let lineEnd = text.indexOf('\r\n'); lineEnd !== -1; ) {
    const start = lineEnd + 2;
    lineEnd = text.indexOf('\r\n', start);
    addHeader(headers, text, start, lineEnd === -1 ? text.length : lineEnd);
  }
  const status = Number(text.slice(STATUS_AT, STATUS_AT + 3));
  return { status, headers, isOld: text.charAt(MINOR_AT) === '0' };
};

const addHeader = (headers: Record<string, string>, text: string, start: number, end: number): void => {
  const colon = text.indexOf(':', start);
  const name = text.slice(start, colon).toLowerCase();
  const value = trimmed(text, colon + 1, end);
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
  headers[name] = before === undefined ? value : `${before}, ${value}`;
};

/**
 * Looks at one line of a header.
 *
 * @throws {UnreadableResponseError} if it is none
 */
export const checkHeader = (line: string): void => {
  // A line that begins with a blank goes on with the one before, which nobody sends any more: it fails here, by its name.
  if (!HEADER.test(line)) throw new UnreadableResponseError('invalid header line');
};

const unreadable = (text: string): UnreadableResponseError => {
  const isStatusLine = STATUS_LINE.test(text.split('\r\n', 1)[0] ?? '');
  return new UnreadableResponseError(isStatusLine ? 'invalid header line' : 'invalid status line');
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

/** Where the body of an answer ends: after so many bytes, with its last chunk, or with the connection. */
export type ResponseFraming = number | 'chunked' | 'until-closed';

/**
 * Tells where the body of an answer to a POST ends (RFC 9112, section 6.3).
 *
 * @throws {UnreadableResponseError} if that can be understood in two ways, or in none
 */
export const framingOf = ({ status, headers, isOld }: ResponseHead): ResponseFraming => {
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  const hasNoBody = status === 204 || status === 304;
  if (coding !== undefined) {
    if (length !== undefined || isOld || hasNoBody || coding.toLowerCase() !== 'chunked') {
      throw new UnreadableResponseError('where the body ends is not to be told');
    }
    return 'chunked';
  }
  if (length !== undefined && !/^\d{1,15}$/.test(length)) {
    throw new UnreadableResponseError('invalid Content-Length');
  }
  if (hasNoBody) return 0;
  return length === undefined ? 'until-closed' : Number(length);
};
