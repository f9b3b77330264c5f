const MEMBER = new TextEncoder().encode('"ConsistentRead"');
const FIRST_LETTER = 0x43;
const SPACE = 0x20;
const COLON = 0x3a;
const FIRST_OF_TRUE = 0x74;

/**
 * Whether a request says in the plainest way that it wants a consistent answer: by the bytes alone, which takes next to
 * nothing. What says so in another way, and what is no request, is seen when it is read.
 */
export const demandsConsistency = (body: Uint8Array): boolean => {
  for (let at = body.indexOf(FIRST_LETTER); at !== -1; at = body.indexOf(FIRST_LETTER, at + 1)) {
    if (isMember(body, at - 1)) return isTrue(body, at - 1 + MEMBER.length);
  }
  return false;
};

const isMember = (body: Uint8Array, start: number): boolean => {
  for (let index = 0; index < MEMBER.length; index += 1) {
    if (body[start + index] !== MEMBER[index]) return false;
  }
  return true;
};

const isTrue = (body: Uint8Array, nameEnd: number): boolean => {
  if (body[nameEnd] !== COLON) return false;
  return body[body[nameEnd + 1] === SPACE ? nameEnd + 2 : nameEnd + 1] === FIRST_OF_TRUE;
};
