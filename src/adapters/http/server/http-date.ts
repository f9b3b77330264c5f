import type { ServerResponse } from 'node:http';

let second = Number.NaN;
let text = '';

/**
 * The current `Date` header value (RFC 9110, section 5.6.7). Runtimes refresh theirs with a timer, which is late after a
 * freeze. SDKs correct their clocks by this header, so that an old value makes their signatures expire.
 */
export const httpDate = (): string => {
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
