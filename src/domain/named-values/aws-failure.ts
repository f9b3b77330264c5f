/** What an error in an answer of AWS says of the values that were asked for. */
export type AwsFailure = 'throttled' | 'unavailable' | 'refused';

/** The names with which services throttle. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html lists more. */
const THROTTLED =
  /^(?:Throttl(?:ing|ed)|RequestThrottled|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded)(?:Exception)?$/;

/** Names that mean a failure of the service, although some services send them with status 400. */
const FAILED = /^(?:InternalServerError|InternalServiceError|ServiceUnavailable)(?:Exception)?$/;

/**
 * Only a readable error of the service is a refusal: an unreadable answer may be from another program.
 *
 * @param name the name of the error, as `errorNameIn` returns it; undefined if the answer has none
 */
export const awsFailure = (name: string | undefined, status: number): AwsFailure => {
  if (status === 429 || (name !== undefined && THROTTLED.test(name))) return 'throttled';
  return status >= 500 || name === undefined || FAILED.test(name) ? 'unavailable' : 'refused';
};

/** A type of an error without its namespace and without the suffix that some services append; undefined if the rest is not a name. */
export const errorNameIn = (type: unknown): string | undefined =>
  typeof type === 'string'
    ? /^[\w.]{1,128}$/.exec(type.replace(/[,:].*/s, '').replace(/^.*#/s, ''))?.[0]
    : undefined;
