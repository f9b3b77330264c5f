const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const URL_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The six bits that each character stands for, in either alphabet; by character code. */
const BITS: ReadonlyMap<number, number> = new Map(
  [ALPHABET, URL_ALPHABET].flatMap((alphabet) =>
    [...alphabet].map((character, bits) => [character.charCodeAt(0), bits] as const),
  ),
);

/** Bits of the last character that belong to no byte, by what is left of the length in groups of four. */
const SPARE_BITS = [0, 0, 0b1111, 0b11];

/**
 * One text for all base64 texts of equal bytes, be they of the standard or the URL-safe alphabet, padded or not:
 * the standard alphabet without padding. `undefined` if `text` is not base64.
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

/** The canonical text with the padding that DynamoDB expects. */
export const paddedBase64 = (canonical: string): string =>
  canonical.padEnd(Math.ceil(canonical.length / 4) * 4, '=');

/** How many bytes the canonical text stands for. */
export const base64Bytes = (canonical: string): number => Math.floor((canonical.length * 3) / 4);

/** Padding counts only if it is complete; else its characters are left, and refused as no base64. */
const unpaddedLength = (text: string): number => {
  if (text.length % 4 !== 0) return text.length;
  if (text.endsWith('==')) return text.length - 2;
  return text.endsWith('=') ? text.length - 1 : text.length;
};
