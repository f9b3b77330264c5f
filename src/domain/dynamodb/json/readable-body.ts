const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A body of no more bytes is read in about a millisecond, whatever it contains. */
const ALWAYS_READABLE_BYTES = 8_192;
/** No request needs more: 100 keys of the longest kind have 300 KB. */
export const MAX_READABLE_BYTES = 524_288;
/** Containers, members and elements; a request for 100 keys has fewer than 1,000. */
const MAX_NODES = 4_096;

/**
 * Whether the JSON of a request can be parsed without blocking others for long: by its length, and by the number of its
 * containers, members and elements, which also bounds how deeply it is nested.
 */
export const isReadableBody = (body: Uint8Array): boolean =>
  body.length <= ALWAYS_READABLE_BYTES ||
  (body.length <= MAX_READABLE_BYTES && hasAtMostNodes(body, MAX_NODES));

/** Whether JSON has no more containers, members and elements than `max`. */
export const hasAtMostNodes = (body: Uint8Array, max: number): boolean => {
  let nodes = 0;
  for (let at = 0; at < body.length; at += 1) {
    const sign = body[at];
    if (sign === QUOTE) at = closingQuote(body, at);
    else if (sign === OPEN_OBJECT || sign === OPEN_ARRAY || sign === COMMA) {
      nodes += 1;
      if (nodes > max) return false;
    }
  }
  return true;
};

const closingQuote = (body: Uint8Array, opening: number): number => {
  let at = opening + 1;
  for (let sign = body[at]; sign !== QUOTE && at < body.length; sign = body[at]) {
    at += sign === BACKSLASH ? 2 : 1;
  }
  return at;
};
