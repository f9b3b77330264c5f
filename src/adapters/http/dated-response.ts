import { type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { httpDate } from './http-date.ts';

type HeadersOrReason = string | OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * An answer of `node:http` whose `Date` is right after a freeze, too. Node.js makes the text of a date once a second and throws it
 * away by a timer, which is late after a freeze. Only then is the header set here: on each hit it would take a quarter more
 * processor time.
 */
export class DatedResponse extends ServerResponse {
  override writeHead(
    status: number,
    first?: HeadersOrReason,
    second?: OutgoingHttpHeaders | OutgoingHttpHeader[],
  ): this {
    if (isTimerLate()) this.setHeader('date', httpDate());
    return typeof first === 'string'
      ? super.writeHead(status, first, second)
      : super.writeHead(status, first);
  }
}

/** The end of the second in which Node.js made its date; undefined before its first answer in a second. */
let dueAt: number | undefined;

/** Whether the timer of Node.js is late. A timer of our own, which is due at the same moment, tells. */
const isTimerLate = (): boolean => {
  const now = Date.now();
  if (dueAt !== undefined) return now >= dueAt;
  const leftMs = 1_000 - (now % 1_000);
  dueAt = now + leftMs;
  setTimeout(forget, leftMs).unref();
  return false;
};

const forget = (): void => {
  dueAt = undefined;
};
