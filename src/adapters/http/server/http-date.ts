import type { ServerResponse } from 'node:http';

let second = Number.NaN;
let text = '';

/**
 * The `Date` header of this moment (RFC 9110, section 5.6.7). Runtimes refresh theirs with a timer, which is late after a
 * freeze; SDKs correct their clocks by this header, so an old one makes their signatures expire.
 */
export const httpDate = (): string => {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) {
    second = now;
    text = new Date(now * 1_000).toUTCString();
  }
  return text;
};

/** An answer to what is no HTTP, after which the connection ends. */
export const bareAnswer = (status: string): string =>
  `HTTP/1.1 ${status}\r\nConnection: close\r\nDate: ${httpDate()}\r\nContent-Length: 0\r\n\r\n`;

/** The end of the second in which Node.js made its date; undefined before its first answer in a second. */
let dueAt: number | undefined;

/**
 * The `Date` that an answer needs while that of Node.js is old; otherwise undefined. Node.js makes the text of a date once a
 * second and throws it away by a timer, which is late after a freeze. A timer of our own, due at the same moment, tells.
 * To set the header always, or a subclass of `ServerResponse`, makes a hit take a quarter more processor time.
 */
export const lateDate = (): string | undefined => {
  const now = Date.now();
  if (dueAt !== undefined) return now >= dueAt ? httpDate() : undefined;
  const leftMs = 1_000 - (now % 1_000);
  dueAt = now + leftMs;
  setTimeout(forget, leftMs).unref();
  return undefined;
};

const forget = (): void => {
  dueAt = undefined;
};

/** Has `outgoing` set that `Date` when its head is written, whoever writes it. */
export const dateWhenWritten = (outgoing: ServerResponse): void => {
  const { writeHead } = outgoing;
  outgoing.writeHead = (...given: readonly unknown[]) => {
    const date = lateDate();
    if (date !== undefined) outgoing.setHeader('date', date);
    return Reflect.apply(writeHead, outgoing, given);
  };
};
