/** How many requests reached DynamoDB, in words. */
export const shownCount = (requests: number): string =>
  requests === 0
    ? 'nothing reached DynamoDB'
    : `DynamoDB asked ${requests === 1 ? 'once' : `${requests} times`}`;
