import { createHmac, hash } from 'node:crypto';

/** A POST without a query, as a signature sees it. */
export interface SignedPost {
  readonly path: string;
  /** Sorted by their names, which are in lower case; values as they are sent. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** In the form `20260101T000000Z`. */
  readonly time: string;
}

/** The signature (Signature Version 4) of `post` by a secret key, in hexadecimal digits. */
export const signatureOf = (
  post: SignedPost,
  scope: SigningScope,
  secretAccessKey: string,
  keys: SigningKeys,
): string => {
  const canonical = sha256(canonicalRequest(post));
  const text = `${ALGORITHM}\n${post.time}\n${scopeText(scope)}\n${canonical}`;
  return keys.of(scope, secretAccessKey).sign(text);
};

/** The names of the headers that are signed, as a signature tells of them. */
export const headerNames = (headers: SignedPost['headers']): string => {
  let names = '';
  for (const [name] of headers) names += names === '' ? name : `;${name}`;
  return names;
};

const canonicalRequest = ({ path, headers, body }: SignedPost): string => {
  let request = `POST\n${path === '/' ? path : encodeURIComponent(path).replaceAll('%2F', '/')}\n\n`;
  for (const [name, value] of headers) request += `${name}:${tidied(value)}\n`;
  return `${request}\n${headerNames(headers)}\n${sha256(body)}`;
};

/** Without space around it, and with no more than one blank within. */
const tidied = (value: string): string => (/\s/.test(value) ? value.trim().replaceAll(/\s+/g, ' ') : value);

const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex');

/** The only kind of signature that is made and understood here. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Where and when a signature holds. */
export interface SigningScope {
  /** Eight digits. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

/** The scope as it stands in an `Authorization` header and in what is signed. */
export const scopeText = ({ day, region, service }: SigningScope): string =>
  `${day}/${region}/${service}/aws4_request`;

/** What the `Authorization` header of a request says. */
export interface RequestSignature {
  readonly accessKeyId: string;
  readonly scope: SigningScope;
  /** Names in lower case, sorted. */
  readonly signedHeaders: readonly string[];
  /** Hexadecimal digits. */
  readonly signature: string;
}

const HEXADECIMAL = /^[0-9a-f]+$/;

const AUTHORIZATION = new RegExp(
  `^${ALGORITHM} +Credential=([^/, ]+)/(\\d{8})/([^/, ]+)/([^/, ]+)/aws4_request *, *SignedHeaders=([^, ]+) *, *Signature=([^, ]+)$`,
);

/** Digits of a signature. */
const DIGITS = 64;

/** Reads headers of Signature Version 4. What of them is the same all day is read once. */
export class SignatureReader {
  /** The latest header up to its signature, and what it said. */
  #latest: { readonly beginning: string; readonly said: RequestSignature } | undefined;

  /** What the header says; undefined if it is none. */
  read(authorization: string): RequestSignature | undefined {
    const end = authorization.length - DIGITS;
    const latest = this.#latest;
    if (latest?.beginning.length === end && authorization.startsWith(latest.beginning)) {
      const signature = authorization.slice(end);
      if (HEXADECIMAL.test(signature)) return { ...latest.said, signature };
    }
    const said = readSignature(authorization);
    if (said !== undefined && authorization.endsWith(said.signature) && said.signature.length === DIGITS) {
      this.#latest = { beginning: authorization.slice(0, end), said };
    }
    return said;
  }
}

/** Reads a header of Signature Version 4; undefined if it is none. */
export const readSignature = (authorization: string): RequestSignature | undefined => {
  const [whole, accessKeyId = '', day = '', region = '', service = '', names = '', signature = ''] =
    AUTHORIZATION.exec(authorization.trim()) ?? [];
  if (whole === undefined) return undefined;
  return { accessKeyId, scope: { day, region, service }, signedHeaders: names.split(';'), signature };
};

/** What SHA-256 reads at a time. */
const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/**
 * Signs with HMAC-SHA256 (RFC 2104), as two digests over memory that is kept. `createHmac` makes a stream and an object of the
 * library of each signature, which takes as long as all else that is hashed where the processor has forgotten them meanwhile.
 */
export class SigningKey {
  #inner: Buffer;
  readonly #outer: Buffer;

  /** @param key not longer than 64 bytes */
  constructor(key: Uint8Array) {
    this.#inner = padded(key, 0x36, BLOCK_BYTES);
    this.#outer = padded(key, 0x5c, BLOCK_BYTES + DIGEST_BYTES);
  }

  /** The signature, in hexadecimal digits, of `text`, which has one character for each byte. */
  sign(text: string): string {
    const bytes = BLOCK_BYTES + text.length;
    // It has one length for as long as a day, so that no part of it need be cut out.
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

/** The keys that secrets and scopes make, which takes longer than to sign with them; kept until there are too many. */
export class SigningKeys {
  #kept: KeptKey[] = [];

  of(scope: SigningScope, secretAccessKey: string): SigningKey {
    for (const kept of this.#kept) if (isOf(kept, scope, secretAccessKey)) return kept.key;
    const key = new SigningKey(derived(scope, secretAccessKey));
    if (this.#kept.length >= MAX_KEYS) this.#kept = [];
    // The latest goes first: days pass.
    this.#kept.unshift({ ...scope, secretAccessKey, key });
    return key;
  }
}

/** As many as are in use at a time, and some: two secrets in a few regions, around midnight. */
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
