import { CacheError } from '../cache/errors.ts';
import { REGION_NAME } from '../regions/region-name.ts';

/** AWS allows no longer names and ARNs. */
const MAX_NAME_LENGTH = 2_048;
const SPACE_OR_CONTROL = /[\s\p{Cc}]/u;
const ARN_REGION = /^arn:aws[^:]*:[^:]*:([^:]+):/;

/** The request does not identify a parameter or secret. The message never quotes the request. */
export class MalformedValueNameError extends CacheError {
  readonly code = 'malformed_name';
  readonly category = 'invalid_request';
}

/** The configuration restricts requests to listed names, and the requested name is not listed. */
export class ValueNotListedError extends CacheError {
  readonly code = 'not_listed';
  readonly category = 'forbidden';

  constructor(kind: 'parameter' | 'secret') {
    super(`the ${kind} is not listed in cache.yaml, and onDemand is false`);
  }
}

/**
 * Returns `text` without outer white space, which AWS ignores.
 *
 * @param parameter name of the query parameter, for the message
 * @throws {MalformedValueNameError} if it is empty, too long, contains white space or control characters, or is an ARN of a
 * region that cannot exist
 */
export const checkedName = (text: string, parameter: string): string => {
  const name = text.trim();
  if (name === '') throw new MalformedValueNameError(`${parameter} is empty`);
  if (name.length > MAX_NAME_LENGTH) {
    throw new MalformedValueNameError(`${parameter} is longer than ${MAX_NAME_LENGTH} characters`);
  }
  if (SPACE_OR_CONTROL.test(name)) {
    throw new MalformedValueNameError(`${parameter} contains white space or a control character`);
  }
  if (!REGION_NAME.test(arnRegion(name) ?? 'none')) {
    throw new MalformedValueNameError(`${parameter} is an ARN whose region is malformed`);
  }
  return name;
};

/** The region in an ARN of any partition; `undefined` for a name, which the configured region applies to. */
export const arnRegion = (name: string): string | undefined => ARN_REGION.exec(name)?.[1];
