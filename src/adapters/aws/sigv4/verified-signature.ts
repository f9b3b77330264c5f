import { timingSafeEqual } from 'node:crypto';
import type { WireRequest } from '../../../ports/inbound/wire-operations.ts';
import type { KnownCredentials } from '../credentials/credentials.ts';
import { SigningKeys, type SigningScope, signatureOf } from './sigv4.ts';

/** In both directions: clients correct their clocks by DynamoDB's responses, so they may differ from the local clock. */
const MAX_SKEW_MS = 15 * 60_000;

/** Headers that could be changed unnoticed if they were not signed. */
const MUST_BE_SIGNED = ['host', 'x-amz-date', 'x-amz-target'];

const TIME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;

const keys = new SigningKeys();

/** The content of an `Authorization` header. */
export interface RequestSignature {
  readonly accessKeyId: string;
  readonly scope: SigningScope;
  /** Names in lower case, sorted. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal digits. */
  readonly signature: string;
}

/** Whether the request carries a recent and complete signature by `credentials`. */
export const isSignedBy = (
  { secretAccessKey }: KnownCredentials,
  { scope, signedHeaders, signature }: RequestSignature,
  { headers, body }: WireRequest,
  now: number,
): boolean => {
  const time = headers.get('x-amz-date') ?? '';
  if (!MUST_BE_SIGNED.every((name) => signedHeaders.includes(name))) return false;
  if (!time.startsWith(scope.day) || !(Math.abs(millisecondsOf(time) - now) <= MAX_SKEW_MS)) return false;
  const covered = signedHeaders.map((name): [string, string] => [name, headers.get(name) ?? '']);
  const request = { method: 'POST', path: '/', query: '', headers: covered, body, time };
  const expected = signatureOf(request, scope, secretAccessKey, keys);
  const [given, wanted] = [Buffer.from(signature), Buffer.from(expected)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
};

/** NaN if the text is not a time. */
const millisecondsOf = (time: string): number => Date.parse(time.replace(TIME, '$1-$2-$3T$4:$5:$6Z'));
