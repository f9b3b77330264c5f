import { SourceConnectionError, SourceTimeoutError } from '../../domain/cache/errors.ts';
import { NotForwardedError } from '../../ports/wire-errors.ts';

/** Nothing was heard of the other side for too long. */
export class ExchangeTimeout extends Error {
  override readonly name = 'ExchangeTimeout';
}

/** The error of the domain for what ended an exchange that had begun. */
export const lostContact = (cause: unknown): SourceTimeoutError | SourceConnectionError =>
  cause instanceof ExchangeTimeout
    ? new SourceTimeoutError('DynamoDB did not answer in time', { cause })
    : new SourceConnectionError('the connection to DynamoDB was lost', { cause });

/** The same for what kept one from beginning. */
export const notForwarded = (cause: NodeJS.ErrnoException): NotForwardedError =>
  new NotForwardedError(`DynamoDB cannot be reached (${cause.code ?? cause.name})`, { cause });
