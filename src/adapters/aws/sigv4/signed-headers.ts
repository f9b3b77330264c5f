import type { Clock } from '../../../ports/outbound/clock.ts';
import type { KnownCredentials } from '../credentials/credential-cache.ts';
import {
  ALGORITHM,
  type CanonicalParts,
  headerNames,
  type SigningKeys,
  type SigningScope,
  scopeText,
  signatureOf,
} from './sigv4.ts';

/** A request to sign: its headers in any order, each name once. Host, date, session token and signature are added. */
export interface UnsignedRequest extends CanonicalParts {
  readonly host: string;
  readonly service: string;
  readonly region: string;
}

/** Returns the signed headers, sorted by name, and the `Authorization` header behind them. */
export const signedHeaders = (
  request: UnsignedRequest,
  { accessKeyId, secretAccessKey, sessionToken }: KnownCredentials,
  keys: SigningKeys,
): (readonly [name: string, value: string])[] => {
  const { method, path, query, body, service, region, time } = request;
  const headers: (readonly [name: string, value: string])[] = [];
  for (const header of request.headers) insert(headers, header);
  insert(headers, ['host', request.host]);
  insert(headers, ['x-amz-date', time]);
  if (sessionToken !== undefined) insert(headers, ['x-amz-security-token', sessionToken]);
  const scope: SigningScope = { day: time.slice(0, 8), region, service };
  const signature = signatureOf({ method, path, query, headers, body, time }, scope, secretAccessKey, keys);
  const credential = `${accessKeyId}/${scopeText(scope)}`;
  const authorization = `${ALGORITHM} Credential=${credential}, SignedHeaders=${headerNames(headers)}, Signature=${signature}`;
  headers.push(['authorization', authorization]);
  return headers;
};

/** Inserts a header in the order of names. For a few headers, this is faster than sorting. */
const insert = (
  headers: (readonly [name: string, value: string])[],
  header: readonly [name: string, value: string],
): void => {
  let at = headers.length;
  for (
    let before = headers[at - 1];
    before !== undefined && before[0] > header[0];
    before = headers[at - 1]
  ) {
    headers[at] = before;
    at -= 1;
  }
  headers[at] = header;
};

/** The time of a signature, from milliseconds since the epoch. */
export const signingTime = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

/** Ignore smaller differences, because AWS accepts them. The SDK has the same limit. */
const TOLERATED_MS = 240_000;

/** Ignore the date of a response that took longer, by a freeze or a step of the clock. */
const MAX_AGE_MS = 60_000;

/** The format of `Date` (RFC 9110, 5.6.7). */
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The year in a signature has four digits. */
const EARLIEST = Date.UTC(2000, 0);
const LATEST = Date.UTC(10_000, 0) - 1;

/** The time to sign with: the local clock, corrected if responses of AWS show that it is wrong. */
export class ClockSkew {
  readonly #clock: Clock;
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch, limited to the years 2000 to 9999. */
  now(): number {
    return Math.min(Math.max(this.#clock.now() + this.#aheadMs, EARLIEST), LATEST);
  }

  /**
   * Learns the time from a response.
   *
   * @param date its `Date`; ignored if it is malformed or outside the years above
   * @param askedAt local wall time at which the request was sent
   */
  learn(date: string | undefined, askedAt: number): void {
    const now = this.#clock.now();
    const tookMs = now - askedAt;
    const theirs = date !== undefined && IMF_FIXDATE.test(date) ? Date.parse(date) : Number.NaN;
    if (!(theirs >= EARLIEST && theirs <= LATEST) || tookMs < 0 || tookMs > MAX_AGE_MS) return;
    const aheadMs = theirs - now;
    this.#aheadMs = Math.abs(aheadMs) < TOLERATED_MS ? 0 : aheadMs;
  }
}
