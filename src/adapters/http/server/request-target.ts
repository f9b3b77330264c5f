// Printable ASCII but # and \, both of which a URL parser takes for more than themselves.
const UNSAFE = /[^\x21\x22\x24-\x5b\x5d-\x7e]/;
const ALL_UNSAFE = new RegExp(UNSAFE, 'g');

const USUAL_HOST = /^(?:localhost|127\.0\.0\.1)(?::[1-5]?\d{1,4})?$/;
const ABSOLUTE = /^https?:\/\//i;

/** A host that nobody has (RFC 6761). */
const NOWHERE = 'http://nowhere.invalid/';

/**
 * The target of a request such that a URL can be made of it whatever the client sent, and without a change to
 * the bytes that its percent-encoding stands for.
 *
 * @param target as the parser gives it: one character for each byte
 * @param host the Host header
 */
export const safeTarget = (target: string, host: string | undefined): string => {
  const safe = UNSAFE.test(target) ? target.replace(ALL_UNSAFE, percentEncoded) : target;
  if (ABSOLUTE.test(safe)) return URL.canParse(safe) ? new URL(safe).href : NOWHERE;
  const path = safe.startsWith('/') ? safe : `/${safe}`;
  // An unusual Host may make no URL at all; what it may be is for a guard to say, which reads the header itself.
  return host !== undefined && USUAL_HOST.test(host) ? path : `http://localhost${path}`;
};

const percentEncoded = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
