import type { KnownCredentials } from '../credentials/credential-cache.ts';
import type { SigningKeys } from './signing-keys.ts';
import { ALGORITHM, type SigningScope, scopeText } from './signing-scope.ts';
import { headerNames, signatureOf } from './sigv4.ts';

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
