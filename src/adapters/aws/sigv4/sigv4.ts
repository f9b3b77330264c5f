import { createHmac, hash } from 'node:crypto';
import type { KnownCredentials } from '../credentials/credentials.ts';

/*
 * Signature Version 4. Buys: 8 µs of processor time for a signature, against 25 of @smithy/signature-v4, 17 of aws4 and 100 of
 * aws4fetch, and a check of signatures, which none of them offers (docs/maintainers/decisions/0023-sdk-aside.md).
 * Proof: test/adapters/aws/sigv4 compares signatures of random requests with @smithy/signature-v4.
 */

/** The only supported algorithm. */
const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Names and values, not encoded. */
export type QueryPairs = readonly (readonly [name: string, value: string])[];

/** A request as Signature Version 4 sees it. */
export interface CanonicalParts {
  readonly method: string;
  /** As sent: begins with `/`, each segment percent-encoded once. */
  readonly path: string;
  /** As sent, in the form of `canonicalQuery`. */
  readonly query: string;
  /** Sorted by name; names in lower case, values as sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** In the form `20260101T000000Z`. */
  readonly time: string;
}

/** The scope in which a signature is valid. */
export interface SigningScope {
  /** Eight digits. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** The signature of a request, in hexadecimal digits. For all services but S3, which encodes paths differently. */
export const signatureOf = (
  request: CanonicalParts,
  scope: SigningScope,
  secretAccessKey: string,
  keys: SigningKeys,
): string => {
  const canonical = sha256(canonicalRequest(request));
  const text = `${ALGORITHM}\n${request.time}\n${scopeText(scope)}\n${canonical}`;
  return keys.of(scope, secretAccessKey).sign(text);
};

/** The list of signed headers in an `Authorization` header. */
const headerNames = (headers: CanonicalParts['headers']): string => {
  let names = '';
  for (const [name] of headers) names += names === '' ? name : `;${name}`;
  return names;
};

const canonicalRequest = ({ method, path, query, headers, body }: CanonicalParts): string => {
  let request = `${method}\n${path === '/' ? path : canonicalPath(path)}\n${query}\n`;
  for (const [name, value] of headers) request += `${name}:${tidied(value)}\n`;
  return `${request}\n${headerNames(headers)}\n${sha256(body)}`;
};

/** Encodes the segments, which are sent percent-encoded, a second time. Removes dot segments and empty ones first. */
const canonicalPath = (path: string): string => {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(uriEncoded(segment));
  }
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
};

/** Encodes a query and sorts it by name, then by value. This is the form to sign and to send. */
export const canonicalQuery = (query: QueryPairs): string =>
  // A line feed sorts before all encoded characters; `=` does not.
  query
    .map(([name, value]) => `${uriEncoded(name)}\n${uriEncoded(value)}`)
    .sort()
    .join('&')
    .replaceAll('\n', '=');

/** Encodes all but the unreserved characters of RFC 3986. `encodeURIComponent` leaves five more as they are. */
const uriEncoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** Trimmed, and with one space for each run of white space. */
const tidied = (value: string): string => (/\s/.test(value) ? value.trim().replaceAll(/\s+/g, ' ') : value);

const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex');

/** The scope as text, for the `Authorization` header and the string to sign. */
const scopeText = ({ day, region, service }: SigningScope): string =>
  `${day}/${region}/${service}/aws4_request`;

/** Block size of SHA-256. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * Signs with HMAC-SHA256 (RFC 2104) by two digests over reused memory. `createHmac` creates a stream and a native object for
 * each signature. With cold CPU caches, this takes as long as all other hashing of a request.
 */
export class SigningKey {
  #inner: Buffer;
  readonly #outer: Buffer;

  /** @param key not longer than 64 bytes */
  constructor(key: Uint8Array) {
    this.#inner = padded(key, 0x36, BLOCK_BYTES);
    this.#outer = padded(key, 0x5c, BLOCK_BYTES + DIGEST_BYTES);
  }

  /** Returns the signature in hexadecimal digits. `text` has one character for each byte. */
  sign(text: string): string {
    const bytes = BLOCK_BYTES + text.length;
    // The length changes once a day at most, so the buffer fits without slicing.
    if (this.#inner.length !== bytes)
      this.#inner = Buffer.concat([this.#inner.subarray(0, BLOCK_BYTES)], bytes);
    this.#inner.write(text, BLOCK_BYTES, 'latin1');
    this.#outer.write(hash('sha256', this.#inner, 'binary'), BLOCK_BYTES, 'latin1');
    return hash('sha256', this.#outer, 'hex');
  }
}

const padded = (key: Uint8Array, pad: number, bytes: number): Buffer => {
  const block = Buffer.alloc(bytes).fill(pad, 0, BLOCK_BYTES);
  for (const [index, byte] of key.entries()) block[index] = byte ^ pad;
  return block;
};

/** Caches signing keys, because deriving one takes longer than signing with it. */
export class SigningKeys {
  #kept: KeptKey[] = [];

  of(scope: SigningScope, secretAccessKey: string): SigningKey {
    for (const kept of this.#kept) if (isOf(kept, scope, secretAccessKey)) return kept.key;
    const key = new SigningKey(derived(scope, secretAccessKey));
    if (this.#kept.length >= MAX_KEYS) this.#kept = [];
    // The latest goes first, because old days are not used again.
    this.#kept.unshift({ ...scope, secretAccessKey, key });
    return key;
  }
}

/** More than are in use at the same time: two secrets in a few regions, around midnight. */
const MAX_KEYS = 32;

interface KeptKey extends SigningScope {
  readonly secretAccessKey: string;
  readonly key: SigningKey;
}

const isOf = (kept: KeptKey, { day, region, service }: SigningScope, secretAccessKey: string): boolean =>
  kept.day === day &&
  kept.region === region &&
  kept.service === service &&
  kept.secretAccessKey === secretAccessKey;

const derived = ({ day, region, service }: SigningScope, secretAccessKey: string): Buffer =>
  [day, region, service, 'aws4_request'].reduce<Buffer>(
    (from, part) => createHmac('sha256', from).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );

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
