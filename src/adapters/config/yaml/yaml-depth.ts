import type { CST } from 'yaml';

/** Whether `token` has more than `maxDepth` levels of lists and mappings. Without recursion, to which depth is fatal. */
export const isTooDeep = (token: CST.Token, maxDepth: number): boolean => {
  let level: CST.Token[] = [token];
  for (let depth = 0; level.length > 0; depth++) {
    // The document itself is a level of tokens.
    if (depth > maxDepth + 1) return true;
    level = level.flatMap(children);
  }
  return false;
};

const children = (token: CST.Token): CST.Token[] => {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key, value].filter(isToken));
};

const isToken = (token: CST.Token | null | undefined): token is CST.Token =>
  token !== null && token !== undefined;
