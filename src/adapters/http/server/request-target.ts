// All except printable ASCII, # and \. A URL parser gives # and \ a special meaning.
const UNSAFE = /[^\x21\x22\x24-\x5b\x5d-\x7e]/;
const ALL_UNSAFE = new RegExp(UNSAFE, 'g');

const PLAIN_LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1)(?::[1-5]?\d{1,4})?$/;
const ABSOLUTE = /^https?:\/\//i;

/** `.invalid` is reserved (RFC 6761): a guard rejects this host. */
const INVALID_URL = 'http://nowhere.invalid/';

/**
 * Converts a request target so that it always parses as a URL. The bytes that its percent-encoding represents are unchanged.
 *
 * @param target as received: one character per byte
 * @param host the Host header
 */
export const safeTarget = (target: string, host: string | undefined): string => {
  const safe = UNSAFE.test(target) ? target.replace(ALL_UNSAFE, percentEncoded) : target;
  if (ABSOLUTE.test(safe)) return URL.canParse(safe) ? new URL(safe).href : INVALID_URL;
  const path = safe.startsWith('/') ? safe : `/${safe}`;
  // An unusual Host may not parse as part of a URL. A guard checks the header itself.
  return host !== undefined && PLAIN_LOOPBACK_HOST.test(host) ? path : `http://localhost${path}`;
};

const percentEncoded = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
