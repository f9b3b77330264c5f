/** How many requests reached DynamoDB, or another service, in words. */
export const shownCount = (requests: number, service = 'DynamoDB'): string =>
  requests === 0
    ? `no request to ${service}`
    : `${requests} ${requests === 1 ? 'request' : 'requests'} to ${service}`;
