import { hash } from 'node:crypto';
import type { SigningKeys } from './signing-keys.ts';
import { ALGORITHM, type SigningScope, scopeText } from './signing-scope.ts';

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
