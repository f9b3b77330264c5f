/** How many requests reached DynamoDB, in words. */
export const shownCount = (requests: number): string =>
  requests === 0 ? 'DynamoDB not asked' : `DynamoDB asked ${requests === 1 ? 'once' : `${requests} times`}`;
