import type { ServerResponse } from 'node:http';

let second = Number.NaN;
let text = '';

/**
 * The current `Date` header value (RFC 9110, section 5.6.7). Runtimes refresh theirs with a timer, which is late after a
 * freeze. SDKs correct their clocks by this header, so that an old value makes their signatures expire.
 */
const httpDate = (): string => {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1_000).toUTCString();
  }
  return text;
};

/** A response without a body to a malformed request, after which the connection is closed. */
export const bodylessAnswer = (status: string): string =>
  `HTTP/1.1 ${status}\r\nConnection: close\r\nDate: ${httpDate()}\r\nContent-Length: 0\r\n\r\n`;

/** The end of the second for which Node.js caches its date; undefined before the first response of a second. */
let dueAt: number | undefined;

/**
 * The current `Date` if the one that Node.js caches is old; otherwise undefined. Node.js caches the text for one second and
 * clears it with a timer, which is late after a freeze; a timer due at the same time detects that. Setting the header on each
 * response, or a subclass of `ServerResponse`, costs a quarter more CPU time per hit.
 */
export const correctedDate = (): string | undefined => {
  const now = Date.now();
  if (dueAt !== undefined) return now >= dueAt ? httpDate() : undefined;
  const leftMs = 1_000 - (now % 1_000);
  dueAt = now + leftMs;
  setTimeout(clearDueTime, leftMs).unref();
  return undefined;
};

const clearDueTime = (): void => {
  dueAt = undefined;
};

/** Sets `correctedDate` when the head of `outgoing` is written. */
export const correctDateOnWrite = (outgoing: ServerResponse): void => {
  const { writeHead } = outgoing;
  outgoing.writeHead = (...given: readonly unknown[]) => {
    const date = correctedDate();
    if (date !== undefined) outgoing.setHeader('date', date);
    return Reflect.apply(writeHead, outgoing, given);
  };
};

/** Reason phrases of the statuses that the routes use; others get an empty one, as RFC 9112 allows. */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  304: 'Not Modified',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  417: 'Expectation Failed',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Whether HTTP allows all characters of a header value. A loop takes a third of the time of an expression here. */
const isSendable = (value: string): boolean => {
  for (let index = 0; index < value.length; index += 1) {
    const code = value.charCodeAt(index);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return false;
  }
  return true;
};

/**
 * Status line and headers, without framing, `Connection` and the empty line at the end. The current `Date` replaces a given one.
 *
 * @throws {TypeError} if a header has a character that would end its line, or none of HTTP
 */
export const answerHead = (status: number, headers: Readonly<Record<string, string>>): string => {
  let head = `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (!isSendable(value)) throw new TypeError(`the header ${name} has a character that HTTP forbids`);
    if (name !== 'date') head += `${name}: ${value}\r\n`;
  }
  return `${head}Date: ${httpDate()}\r\n`;
};
