import type { ServerResponse } from 'node:http';
import { httpDate } from './http-date.ts';

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
