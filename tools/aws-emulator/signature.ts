import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from './errors.ts';
import { headerOf, type WireRequest } from './wire.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Credentials that were issued. */
export interface KnownCredentials {
  readonly credentials: AwsCredentials;
  readonly isExpired: boolean;
}

/** What the signature of a request must have. */
export interface SignatureRules {
  readonly region: string;
  /** The signing name: `ssm`, `secretsmanager`, `appconfig`, `sts`. */
  readonly service: string;
  /** Undefined if no credentials have this id. */
  readonly find: (accessKeyId: string) => KnownCredentials | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** How far the time of a signature may be from the service's. */
const MAX_SKEW_MS = 5 * 60_000;
const ALGORITHM = 'AWS4-HMAC-SHA256';
const FORM =
  /^AWS4-HMAC-SHA256 +Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, *SignedHeaders=([a-z0-9-]+(?:;[a-z0-9-]+)*), *Signature=([0-9a-f]{64})$/;

interface ReadSignature {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260101T000000Z`. */
  readonly time: string;
}

/**
 * Verifies Signature Version 4 in the `Authorization` header, as all services but S3 do it.
 *
 * @throws {AwsError} of the type that AWS answers
 */
export function verifySignature(request: WireRequest, rules: SignatureRules): void {
  const read = readSignature(request);
  checkTime(read, rules.now);
  if (read.region !== rules.region) throw invalid(`Credential should be scoped to a valid region.`);
  if (read.service !== rules.service)
    throw invalid(`Credential should be scoped to correct service: '${rules.service}'.`);
  const { credentials, isExpired } = credentialsOf(request, read, rules);
  checkSignedHeaders(request, read);
  const declared = headerOf(request, 'x-amz-content-sha256');
  if (declared !== undefined && declared !== sha256(request.body))
    throw invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
  const wanted = Buffer.from(signatureOf(request, read, credentials.secretAccessKey));
  if (!timingSafeEqual(wanted, Buffer.from(read.signature)))
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  if (isExpired)
    throw new AwsError('ExpiredTokenException', 'The security token included in the request is expired');
}

function readSignature(request: WireRequest): ReadSignature {
  const authorization = headerOf(request, 'authorization');
  if (authorization === undefined)
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  const parts = FORM.exec(authorization);
  const time = headerOf(request, 'x-amz-date');
  if (parts === null || time === undefined || !/^\d{8}T\d{6}Z$/.test(time))
    throw new AwsError(
      'IncompleteSignatureException',
      "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters, and the request an 'X-Amz-Date' header.",
    );
  const [, accessKeyId = '', day = '', region = '', service = '', headers = '', signature = ''] = parts;
  return { accessKeyId, day, region, service, signedHeaders: headers.split(';'), signature, time };
}

function checkTime({ time, day }: ReadSignature, now: number): void {
  const signedAt = Date.parse(
    time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'),
  );
  // A negated comparison: a time that does not exist is NaN.
  if (!(signedAt >= now - MAX_SKEW_MS)) throw invalid(`Signature expired: ${time} is now too early.`);
  if (signedAt > now + MAX_SKEW_MS) throw invalid(`Signature not yet current: ${time} is still too late.`);
  if (!time.startsWith(day))
    throw invalid('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP');
}

function credentialsOf(
  request: WireRequest,
  { accessKeyId }: ReadSignature,
  { find }: SignatureRules,
): KnownCredentials {
  const known = find(accessKeyId);
  if (known && known.credentials.sessionToken === headerOf(request, 'x-amz-security-token')) return known;
  throw new AwsError('UnrecognizedClientException', 'The security token included in the request is invalid.');
}

/** All headers that give a request its meaning must be signed. */
function checkSignedHeaders(request: WireRequest, { signedHeaders }: ReadSignature): void {
  const needed = request.headers.map(([name]) => name).filter((name) => name.startsWith('x-amz-'));
  for (const name of ['host', ...needed]) {
    if (!signedHeaders.includes(name))
      throw invalid(`'${name}' must be a 'SignedHeader' in the AWS Authorization.`);
  }
  const missing = signedHeaders.find((name) => headerOf(request, name) === undefined);
  if (missing !== undefined) throw invalid(`The signed header '${missing}' is missing.`);
}

function signatureOf(request: WireRequest, read: ReadSignature, secretAccessKey: string): string {
  const { day, region, service, time } = read;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = [ALGORITHM, time, scope, sha256(canonicalRequest(request, read.signedHeaders))].join('\n');
  return createHmac('sha256', signingKey([secretAccessKey, day, region, service]))
    .update(text)
    .digest('hex');
}

/** The key of the last signature: most clients sign with the same one all day. */
let lastKey: { readonly of: string; readonly key: Buffer } | undefined;

function signingKey([secretAccessKey, ...scope]: readonly [string, ...string[]]): Buffer {
  const of = [secretAccessKey, ...scope].join('\n');
  if (lastKey?.of === of) return lastKey.key;
  const key = [...scope, 'aws4_request'].reduce(
    (from, part) => createHmac('sha256', from).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
  lastKey = { of, key };
  return key;
}

function canonicalRequest(request: WireRequest, signedHeaders: readonly string[]): string {
  const names = [...signedHeaders].sort();
  const headers = names.map(
    (name) => `${name}:${(headerOf(request, name) ?? '').trim().replaceAll(/ +/g, ' ')}\n`,
  );
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    headers.join(''),
    names.join(';'),
    sha256(request.body),
  ].join('\n');
}

/** The path is encoded a second time. The emulator has no path with dot segments. */
const canonicalPath = (path: string) => path.split('/').map(encode).join('/');

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair) => {
      const mark = pair.indexOf('=');
      const [name, value] = mark === -1 ? [pair, ''] : [pair.slice(0, mark), pair.slice(mark + 1)];
      return [encode(decode(name)), encode(decode(value))] as const;
    })
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map((pair) => pair.join('='))
    .join('&');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('The query is not percent-encoded.');
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** Encodes all but the unreserved characters of RFC 3986. */
const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

const invalid = (text: string) => new AwsError('InvalidSignatureException', text);
