import { createHmac, hash } from 'node:crypto';
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
  const text = [ALGORITHM, post.time, scopeText(scope), canonical].join('\n');
  return createHmac('sha256', keys.of(scope, secretAccessKey)).update(text).digest('hex');
};

/** The names of the headers that are signed, as a signature tells of them. */
export const headerNames = (headers: SignedPost['headers']): string =>
  headers.map(([name]) => name).join(';');

const canonicalRequest = ({ path, headers, body }: SignedPost): string =>
  [
    'POST',
    encodeURIComponent(path).replaceAll('%2F', '/'),
    '',
    ...headers.map(([name, value]) => `${name}:${tidied(value)}`),
    '',
    headerNames(headers),
    sha256(body),
  ].join('\n');

/** Without space around it, and with no more than one blank within. */
const tidied = (value: string): string => (/\s/.test(value) ? value.trim().replaceAll(/\s+/g, ' ') : value);

const sha256 = (data: string | Uint8Array): string => hash('sha256', data, 'hex');
