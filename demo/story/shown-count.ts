/** How many requests reached DynamoDB, in words. */
export const shownCount = (requests: number): string =>
  requests === 0
    ? 'no request to DynamoDB'
    : `${requests} ${requests === 1 ? 'request' : 'requests'} to DynamoDB`;
