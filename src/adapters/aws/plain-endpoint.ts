/** Regions of the partition `aws`, by the pattern of the SDK. */
const REGION = /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/;

/** Where DynamoDB is in a region of the partition `aws`; undefined for other regions. */
export const plainEndpoint = (region: string): URL | undefined =>
  REGION.test(region) ? new URL(`https://dynamodb.${region}.amazonaws.com`) : undefined;
