const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
/** A byte from here on belongs to a character of several bytes; those from the next two on begin one of three and of four. */
const TWO_BYTES = 0x80;
const THREE_BYTES = 0xe0;
const FOUR_BYTES = 0xf0;

/** What a backslash and one letter stand for, where that is not the letter itself. */
const ESCAPES: ReadonlyMap<number, number> = new Map(
  [...'bfnrt'].map((letter, index) => [letter.charCodeAt(0), '\b\f\n\r\t'.charCodeAt(index)]),
);

/**
 * Whether a JSON string, from `start` to `end` without its quotes, says `text`. Compares without decoding the string, so that
 * it allocates nothing. The string must be valid.
 */
export const saysText = (json: Uint8Array, start: number, end: number, text: string): boolean => {
  let at = start;
  let index = 0;
  while (at < end && index < text.length) {
    const sign = json[at] ?? 0;
    let unit = text.codePointAt(index) ?? 0;
    if (sign === BACKSLASH) {
      // An escape stands for a half of a surrogate pair.
      unit = text.charCodeAt(index);
      if (escapedUnit(json, at) !== unit) return false;
      at += json[at + 1] === LETTER_U ? 6 : 2;
    } else {
      if (codePoint(json, at) !== unit) return false;
      at += lengthOf(sign);
    }
    index += unit > 0xffff ? 2 : 1;
  }
  return at === end && index === text.length;
};

const escapedUnit = (json: Uint8Array, at: number): number => {
  const letter = json[at + 1] ?? 0;
  if (letter !== LETTER_U) return ESCAPES.get(letter) ?? letter;
  let unit = 0;
  for (let index = at + 2; index < at + 6; index += 1) unit = unit * 16 + hexDigit(json[index] ?? 0);
  return unit;
};

/** NaN for what is no digit. */
const hexDigit = (sign: number): number => {
  if (sign >= 0x30 && sign <= 0x39) return sign - 0x30;
  const lower = sign | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
};

const lengthOf = (sign: number): number => {
  if (sign < TWO_BYTES) return 1;
  if (sign < THREE_BYTES) return 2;
  return sign < FOUR_BYTES ? 3 : 4;
};

const codePoint = (json: Uint8Array, at: number): number => {
  const sign = json[at] ?? 0;
  const length = lengthOf(sign);
  if (length === 1) return sign;
  let point = sign & (0x7f >> length);
  for (let index = 1; index < length; index += 1) point = point * 64 + ((json[at + index] ?? 0) & 0x3f);
  return point;
};
