const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The six bits of each character of both alphabets, by character code. */
const BITS: ReadonlyMap<number, number> = new Map(
  [ALPHABET, URL_ALPHABET].flatMap((alphabet) =>
    [...alphabet].map((character, bits) => [character.charCodeAt(0), bits] as const),
  ),
);

/** Unused bits of the last character, by the length of the text modulo 4. */
const SPARE_BITS = [0, 0, 0b1111, 0b11];

/**
 * Converts standard and URL-safe base64, padded or not, to the standard alphabet without padding. Texts of equal bytes
 * give equal results. Returns `undefined` if `text` is not base64.
 */
export const canonicalBase64 = (text: string): string | undefined => {
  const length = unpaddedLength(text);
  const rest = length % 4;
  if (rest === 1) return undefined;
  let canonical = '';
  for (let index = 0; index < length; index++) {
    let bits = BITS.get(text.charCodeAt(index));
    if (bits === undefined) return undefined;
    if (index === length - 1) bits &= ~(SPARE_BITS[rest] ?? 0);
    canonical += ALPHABET.charAt(bits);
  }
  return canonical;
};

/** Adds the padding that DynamoDB expects to a canonical text. */
export const paddedBase64 = (canonical: string): string =>
  canonical.padEnd(Math.ceil(canonical.length / 4) * 4, '=');

/** The number of bytes that a canonical text encodes. */
export const base64Bytes = (canonical: string): number => Math.floor((canonical.length * 3) / 4);

/** Removes complete padding only. The caller then rejects the characters of incomplete padding. */
const unpaddedLength = (text: string): number => {
  if (text.length % 4 !== 0) return text.length;
  if (text.endsWith('==')) return text.length - 2;
  return text.endsWith('=') ? text.length - 1 : text.length;
};
