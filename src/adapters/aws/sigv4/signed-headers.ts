import type { Clock } from '../../../ports/outbound/clock.ts';
import type { KnownCredentials } from '../credentials/credential-cache.ts';
import {
  ALGORITHM,
  headerNames,
  type SigningKeys,
  type SigningScope,
  scopeText,
  signatureOf,
} from './sigv4.ts';

/** What is to be signed. */
export interface UnsignedPost {
  readonly host: string;
  readonly path: string;
  readonly target: string;
  readonly contentType: string | null;
  readonly body: Uint8Array;
  readonly region: string;
  /** In the form `20260101T000000Z`. */
  readonly time: string;
  /** Further headers to sign, by names in lower case; by default none. */
  readonly more?: readonly (readonly [name: string, value: string])[];
}

/** The headers that a signature adds to a request of DynamoDB, with what of its own it covers. */
export const signedHeaders = (
  { host, path, target, contentType, body, region, time, more = [] }: UnsignedPost,
  { accessKeyId, secretAccessKey, sessionToken }: KnownCredentials,
  keys: SigningKeys,
): [name: string, value: string][] => {
  const headers: [name: string, value: string][] =
    contentType === null ? [] : [['content-type', contentType]];
  headers.push(['host', host], ['x-amz-date', time]);
  if (sessionToken !== undefined) headers.push(['x-amz-security-token', sessionToken]);
  headers.push(['x-amz-target', target]);
  if (more.length > 0) {
    for (const [name, value] of more) headers.push([name, value]);
    headers.sort(byName);
  }
  const scope: SigningScope = { day: time.slice(0, 8), region, service: 'dynamodb' };
  const signature = signatureOf({ path, headers, body, time }, scope, secretAccessKey, keys);
  const credential = `${accessKeyId}/${scopeText(scope)}`;
  const authorization = `${ALGORITHM} Credential=${credential}, SignedHeaders=${headerNames(headers)}, Signature=${signature}`;
  headers.push(['authorization', authorization]);
  return headers;
};

const byName = ([left]: readonly [string, string], [right]: readonly [string, string]): number =>
  left < right ? -1 : 1;

/** The time of a signature that is made at `ms` since the epoch. */
export const signingTime = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

/** A difference that signatures survive; the SDK's own limit. */
const TOLERATED_MS = 240_000;

/** An answer that took longer than this, by a freeze or a step of the clock, does not tell what time it is. */
const MAX_AGE_MS = 60_000;

/** The form that all senders of `Date` must write (RFC 9110, 5.6.7). */
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** A signature has four digits for the year. */
const EARLIEST = Date.UTC(2000, 0);
const LATEST = Date.UTC(10_000, 0) - 1;

/** The time to sign with: that of our clock, unless DynamoDB's answers show that it is wrong. */
export class ClockSkew {
  readonly #clock: Clock;
  #aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch, in the years 2000 to 9999 whatever the clock and the answers say. */
  now(): number {
    return Math.min(Math.max(this.#clock.now() + this.#aheadMs, EARLIEST), LATEST);
  }

  /**
   * Learns from an answer.
   *
   * @param date its `Date`; nothing is learnt from one that is not written as HTTP wants it, or outside of those years
   * @param askedAt wall time of our clock at which it was asked for
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
