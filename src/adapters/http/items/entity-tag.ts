/** The strong entity tag of a body with this digest. */
export const entityTag = (digest: string): string => `"${digest}"`;

const TAGS = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/** Whether an `If-None-Match` header names `tag`, compared weakly (RFC 9110, section 13.1.2). What is no tag matches nothing. */
export const matchesEntityTag = (ifNoneMatch: string, tag: string): boolean => {
  if (ifNoneMatch === tag || ifNoneMatch === '*') return true;
  for (const match of ifNoneMatch.matchAll(TAGS)) {
    if (match[1] === tag) return true;
  }
  return false;
};
