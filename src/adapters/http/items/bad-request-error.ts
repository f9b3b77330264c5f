import { CacheError } from '../../../domain/cache/errors.ts';

/**
 * What is wrong with a request before anybody looks at the key it names: `malformed_name` the query string,
 * `malformed_request` its headers or the body it should not have, `unknown_parameter` a parameter or its value.
 */
export type BadRequestCode = 'malformed_name' | 'malformed_request' | 'unknown_parameter';

/** The request cannot be understood as it stands. The message never repeats what was sent: it may be a key value. */
export class BadRequestError extends CacheError {
  readonly code: BadRequestCode;
  readonly category = 'invalid_request';

  constructor(code: BadRequestCode, message: string) {
    super(message);
    this.code = code;
  }
}
